import type { Engine, WebGlArray } from './engine.ts';
import type { Launch } from './program.ts';

type Row = { readonly x: 'array'; readonly columns: 'integer' };

export interface RowPrograms {
  readonly largest: Launch<Row, WebGlArray>;
  readonly totalOfExp: Launch<Row & { readonly largest: 'array' }, WebGlArray>;
}

/** What softmax and cross-entropy ask of each row, one thread a row. */
export function rowPrograms(engine: Engine): RowPrograms {
  const largest = engine.program({
    name: 'largestOfRow',
    parameters: { x: 'array', columns: 'integer' },
    body: `
      let largest = x[this.thread.x][0];
      for (let c = 1; c < columns; c++) {
        largest = Math.max(largest, x[this.thread.x][c]);
      }
      return largest;
    `,
  });
  const totalOfExp = engine.program({
    name: 'totalOfExp',
    parameters: { x: 'array', columns: 'integer', largest: 'array' },
    body: `
      let total = 0;
      for (let c = 0; c < columns; c++) {
        total += Math.exp(x[this.thread.x][c] - largest[this.thread.x]);
      }
      return total;
    `,
  });
  return { largest, totalOfExp };
}
