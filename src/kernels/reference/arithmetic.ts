import type { ReferenceKernel } from './types.ts';

/** y = a * b, b repeated */
export const mul: ReferenceKernel<'mul'> = ({ a, b }, { size, period }, { y }) => {
  for (let i = 0; i < size; i++) y[i] = a[i] * b[i % period];
};

/** y = factor * x + term */
export const affine: ReferenceKernel<'affine'> = ({ x }, { size, factor, term }, { y }) => {
  for (let i = 0; i < size; i++) y[i] = factor * x[i] + term;
};

/** y = 1 / x */
export const reciprocal: ReferenceKernel<'reciprocal'> = ({ x }, { size }, { y }) => {
  for (let i = 0; i < size; i++) y[i] = 1 / x[i];
};

/** y = e^x */
export const exp: ReferenceKernel<'exp'> = ({ x }, { size }, { y }) => {
  for (let i = 0; i < size; i++) y[i] = Math.exp(x[i]);
};

/** y[b, c, r] = x[b, r, c] */
export const transpose: ReferenceKernel<'transpose'> = ({ x }, { batch, rows, columns }, { y }) => {
  for (let b = 0; b < batch; b++)
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) y[(b * columns + c) * rows + r] = x[(b * rows + r) * columns + c];
};
