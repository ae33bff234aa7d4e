import type { Kernels } from '../../contract.ts';
import type { Engine, WebGlHandles } from '../engine/engine.ts';
import { shaped } from '../engine/engine.ts';

/** y = (x - mean) * inverse * gamma + beta, inverse = 1 / deviation, row by row. */
export function layerNormKernels(engine: Engine): Pick<Kernels<WebGlHandles>, 'layerNorm' | 'layerNormBackward'> {
  const mean = engine.program({
    name: 'layerNormMean',
    parameters: { x: 'array', columns: 'integer' },
    body: `
      let total = 0;
      for (let c = 0; c < columns; c++) {
        total += x[this.thread.x][c];
      }
      return total / columns;
    `,
  });
  // The rounding error of the mean: without this correction y of a row around 100 would be off by 1e-5.
  const remainder = engine.program({
    name: 'layerNormRemainder',
    parameters: { x: 'array', mean: 'array', columns: 'integer' },
    body: `
      let total = 0;
      for (let c = 0; c < columns; c++) {
        total += x[this.thread.x][c] - mean[this.thread.x];
      }
      return total / columns;
    `,
  });
  const inverse = engine.program({
    name: 'layerNormInverse',
    parameters: {
      x: 'array',
      mean: 'array',
      remainder: 'array',
      columns: 'integer',
      divisor: 'real',
      epsilonInside: 'real',
      epsilonOutside: 'real',
    },
    body: `
      let squares = 0;
      for (let c = 0; c < columns; c++) {
        let difference = x[this.thread.x][c] - mean[this.thread.x] - remainder[this.thread.x];
        squares += difference * difference;
      }
      return 1 / (Math.sqrt(squares / divisor + epsilonInside) + epsilonOutside);
    `,
  });
  const layerNorm = engine.program({
    name: 'layerNorm',
    parameters: { x: 'array', mean: 'array', remainder: 'array', inverse: 'array', gamma: 'array', beta: 'array' },
    body: `
      let difference = x[this.thread.y][this.thread.x] - mean[this.thread.y] - remainder[this.thread.y];
      return difference * inverse[this.thread.y] * gamma[this.thread.x] + beta[this.thread.x];
    `,
  });

  // Backward, with g = dy * gamma and d = x - mean: dx = inverse * (g - mean of g) - d * slope * (sum of g d).
  const total = engine.program({
    name: 'layerNormBackwardTotal',
    parameters: { dy: 'array', gamma: 'array', columns: 'integer' },
    body: `
      let total = 0;
      for (let c = 0; c < columns; c++) {
        total += dy[this.thread.x][c] * gamma[c];
      }
      return total;
    `,
  });
  const product = engine.program({
    name: 'layerNormBackwardProduct',
    parameters: { x: 'array', mean: 'array', dy: 'array', gamma: 'array', columns: 'integer' },
    body: `
      let product = 0;
      for (let c = 0; c < columns; c++) {
        product += dy[this.thread.x][c] * gamma[c] * (x[this.thread.x][c] - mean[this.thread.x]);
      }
      return product;
    `,
  });
  const backward = engine.program({
    name: 'layerNormBackward',
    parameters: {
      x: 'array',
      gamma: 'array',
      mean: 'array',
      inverse: 'array',
      dy: 'array',
      total: 'array',
      product: 'array',
      columns: 'real',
      epsilon: 'real',
      unbiased: 'real',
    },
    body: `
      let row = this.thread.y;
      let scale = inverse[row];
      let slope = scale * scale * scale / columns;
      if (unbiased > 0) {
        let deviation = 1 / scale - epsilon;
        slope = 0;
        if (deviation > 0) {
          slope = scale * scale / (deviation * Math.max(columns - 1, 1));
        }
      }
      let difference = x[row][this.thread.x] - mean[row];
      return scale * (dy[row][this.thread.x] * gamma[this.thread.x] - total[row] / columns) - difference * slope * product[row];
    `,
  });

  return {
    layerNorm({ x: given, gamma, beta }, { rows, columns, epsilon, unbiased }, { y, mean: means, inverse: inverses }) {
      const x = shaped(given, columns, rows);
      const rest = engine.workspace(rows);
      const row = { mean: shaped(means, rows), remainder: shaped(rest, rows) };
      mean(means, [rows], { x, columns });
      remainder(rest, [rows], { x, mean: row.mean, columns });
      inverse(inverses, [rows], {
        x,
        ...row,
        columns,
        divisor: unbiased ? Math.max(columns - 1, 1) : columns,
        epsilonInside: unbiased ? 0 : epsilon,
        epsilonOutside: unbiased ? epsilon : 0,
      });
      layerNorm(y, [columns, rows], {
        x,
        ...row,
        inverse: shaped(inverses, rows),
        gamma: shaped(gamma, columns),
        beta: shaped(beta, columns),
      });
    },
    layerNormBackward(arrays, { rows, columns, epsilon, unbiased }, { dx }) {
      const [x, dy] = [shaped(arrays.x, columns, rows), shaped(arrays.dy, columns, rows)];
      const gamma = shaped(arrays.gamma, columns);
      const [mean, inverse] = [shaped(arrays.mean, rows), shaped(arrays.inverse, rows)];
      const [totals, products] = [engine.workspace(rows), engine.workspace(rows)];
      total(totals, [rows], { dy, gamma, columns });
      product(products, [rows], { x, mean, dy, gamma, columns });
      backward(dx, [columns, rows], {
        x,
        gamma,
        mean,
        inverse,
        dy,
        total: shaped(totals, rows),
        product: shaped(products, rows),
        columns,
        epsilon,
        unbiased,
      });
    },
  };
}
