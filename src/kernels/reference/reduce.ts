import type { ReferenceKernel } from './types.ts';

/** y = scale * sum of x */
export const sum: ReferenceKernel<'sum'> = ({ x }, { size, scale }, { y }) => {
  let total = 0;
  for (let i = 0; i < size; i++) total += x[i];
  y[0] = scale * total;
};

/** y = sum of x squared */
export const sumSquares: ReferenceKernel<'sumSquares'> = ({ x }, { size }, { y }) => {
  let total = 0;
  for (let i = 0; i < size; i++) total += x[i] * x[i];
  y[0] = total;
};

/** The column of each row's largest value, the first if several are equal. */
export const argmax: ReferenceKernel<'argmax'> = ({ x }, { rows, columns }, { indices }) => {
  for (let r = 0; r < rows; r++) {
    let best = 0;
    for (let c = 1; c < columns; c++) if (x[r * columns + c] > x[r * columns + best]) best = c;
    indices[r] = best;
  }
};
