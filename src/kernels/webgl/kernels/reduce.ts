import type { Kernels } from '../../contract.ts';
import type { Engine, WebGlArray, WebGlHandles } from '../engine/engine.ts';
import { shaped } from '../engine/engine.ts';

const THREADS = 1024; // maximum number of partial sums

/** Sums of whole arrays: each of up to 1024 threads adds every 1024th element, then fewer add those. */
export function reduceKernels(engine: Engine): Pick<Kernels<WebGlHandles>, 'sum' | 'sumSquares' | 'argmax'> {
  const every = (name: string, term: string) =>
    engine.program({
      name,
      parameters: { x: 'array', rows: 'integer', rest: 'integer', scale: 'real' },
      body: `
      let total = 0;
      for (let row = 0; row < rows; row++) {
        let value = x[row][this.thread.x];
        total += ${term};
      }
      if (this.thread.x < rest) {
        let last = x[rows][this.thread.x];
        total += ${term.replaceAll('value', 'last')};
      }
      return scale * total;
    `,
    });
  const plain = every('sum', 'value');
  const squares = every('sumSquares', 'value * value');
  const add = (first: typeof plain, x: WebGlArray, size: number, scale: number, y: WebGlArray): void => {
    const threads = size > THREADS ? THREADS : size > 32 ? 32 : 1;
    const rows = Math.floor(size / threads);
    const partial = threads === 1 ? y : engine.workspace(threads);
    first(partial, [threads], {
      x: shaped(x, threads, Math.ceil(size / threads)),
      rows,
      rest: size - rows * threads,
      scale: threads === 1 ? scale : 1,
    });
    if (threads > 1) add(plain, partial, threads, scale, y);
  };
  const argmax = engine.program({
    name: 'argmax',
    parameters: { x: 'array', columns: 'integer' },
    body: `
      let best = 0;
      for (let c = 1; c < columns; c++) {
        if (x[this.thread.x][c] > x[this.thread.x][best]) {
          best = c;
        }
      }
      return best;
    `,
  });
  return {
    sum: ({ x }, { size, scale }, { y }) => add(plain, x, size, scale, y),
    sumSquares: ({ x }, { size }, { y }) => add(squares, x, size, 1, y),
    argmax: ({ x }, { rows, columns }, { indices }) =>
      argmax(indices, [rows], { x: shaped(x, columns, rows), columns }),
  };
}
