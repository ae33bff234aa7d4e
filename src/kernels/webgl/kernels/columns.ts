import type { Kernels } from '../../contract.ts';
import type { Engine, WebGlArray, WebGlHandles } from '../engine/engine.ts';
import { shaped } from '../engine/engine.ts';

const BLOCK = 64; // rows that one thread adds, if there are many

/** Sums over rows: each thread adds a block of rows of one column, then the blocks are added. */
export function columnKernels(engine: Engine): Pick<Kernels<WebGlHandles>, 'sumRows' | 'layerNormParameterGradients'> {
  const block = engine.program({
    name: 'sumRows',
    parameters: { x: 'array', rows: 'integer', block: 'integer' },
    body: `
      let total = 0;
      for (let i = 0; i < block; i++) {
        let row = this.thread.y * block + i;
        if (row < rows) {
          total += x[row][this.thread.x];
        }
      }
      return total;
    `,
  });
  const normalised = engine.program({
    name: 'layerNormGainGradient',
    parameters: { x: 'array', mean: 'array', inverse: 'array', dy: 'array' },
    body: `
      let row = this.thread.y;
      return dy[row][this.thread.x] * (x[row][this.thread.x] - mean[row]) * inverse[row];
    `,
  });

  const sumRows = (x: WebGlArray, rows: number, columns: number, y: WebGlArray): void => {
    const height = rows > 2 * BLOCK ? BLOCK : rows;
    const blocks = Math.ceil(rows / height);
    const sums = blocks === 1 ? y : engine.workspace(blocks * columns);
    block(sums, [columns, blocks], { x: shaped(x, columns, rows), rows, block: height });
    if (blocks > 1) sumRows(sums, blocks, columns, y);
  };
  return {
    sumRows: ({ x }, { rows, columns }, { y }) => sumRows(x, rows, columns, y),
    layerNormParameterGradients({ x, mean, inverse, dy }, { rows, columns }, { dgamma, dbeta }) {
      const gains = engine.workspace(rows * columns);
      normalised(gains, [columns, rows], {
        x: shaped(x, columns, rows),
        mean: shaped(mean, rows),
        inverse: shaped(inverse, rows),
        dy: shaped(dy, columns, rows),
      });
      sumRows(gains, rows, columns, dgamma);
      sumRows(dy, rows, columns, dbeta);
    },
  };
}
