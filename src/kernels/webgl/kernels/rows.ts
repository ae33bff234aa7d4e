import type { Engine, WebGlArray } from '../engine/engine.ts';
import { shaped } from '../engine/engine.ts';
import type { Shaped } from '../engine/program.ts';

/** Numbers of a row that one thread processes. The rows of a large vocabulary are few and long, but a GPU has many threads. */
const PIECE = 256;

export interface RowKernels {
  /** The largest number of each row of x (columns, rows). */
  readonly largest: (x: Shaped<WebGlArray>, largest: WebGlArray) => void;
  /** The sum of exp(x - largest) of each row. */
  readonly totalOfExp: (x: Shaped<WebGlArray>, largest: WebGlArray, total: WebGlArray) => void;
}

/** Row reductions for softmax and cross-entropy: one thread per piece of a row, then one per row. */
export function rowKernels(engine: Engine, piece = PIECE): RowKernels {
  const largest = engine.program({
    name: 'largestOfRow',
    parameters: { x: 'array', columns: 'integer', piece: 'integer' },
    body: `
      let begin = this.thread.x * piece;
      let largest = x[this.thread.y][begin];
      for (let i = 1; i < piece; i++) {
        if (begin + i < columns) {
          largest = Math.max(largest, x[this.thread.y][begin + i]);
        }
      }
      return largest;
    `,
  });
  const totalOfExp = engine.program({
    name: 'totalOfExp',
    parameters: { x: 'array', largest: 'array', columns: 'integer', piece: 'integer' },
    body: `
      let begin = this.thread.x * piece;
      let total = 0;
      for (let i = 0; i < piece; i++) {
        if (begin + i < columns) {
          total += Math.exp(x[this.thread.y][begin + i] - largest[this.thread.y]);
        }
      }
      return total;
    `,
  });
  const totalOfPieces = engine.program({
    name: 'totalOfPieces',
    parameters: { pieces: 'array', count: 'integer' },
    body: `
      let total = 0;
      for (let i = 0; i < count; i++) {
        total += pieces[this.thread.x][i];
      }
      return total;
    `,
  });
  /** The number of pieces and their length. */
  const cut = (columns: number) =>
    columns <= 2 * piece ? { pieces: 1, piece: columns } : { pieces: Math.ceil(columns / piece), piece };
  return {
    largest(x, most) {
      const [columns, rows] = x.shape;
      const { pieces, piece } = cut(columns);
      const found = pieces === 1 ? most : engine.workspace(pieces * rows);
      largest(found, [pieces, rows], { x, columns, piece });
      if (pieces > 1) largest(most, [1, rows], { x: shaped(found, pieces, rows), columns: pieces, piece: pieces });
    },
    totalOfExp(x, most, total) {
      const [columns, rows] = x.shape;
      const { pieces, piece } = cut(columns);
      const found = pieces === 1 ? total : engine.workspace(pieces * rows);
      totalOfExp(found, [pieces, rows], { x, largest: shaped(most, rows), columns, piece });
      if (pieces > 1) totalOfPieces(total, [rows], { pieces: shaped(found, pieces, rows), count: pieces });
    },
  };
}
