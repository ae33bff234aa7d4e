import type { ReferenceKernel } from './types.ts';

/** y = a + b */
export const add: ReferenceKernel<'add'> = ({ a, b }, { size }, { y }) => {
  for (let i = 0; i < size; i++) y[i] = a[i] + b[i];
};

/** y = a * b, with b repeated */
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

/** y = value everywhere */
export const fill: ReferenceKernel<'fill'> = (_, { size, value }, { y }) => {
  for (let i = 0; i < size; i++) y[i] = value;
};

/** y[i] = scale * x[0] */
export const broadcast: ReferenceKernel<'broadcast'> = ({ x }, { size, scale }, { y }) => {
  for (let i = 0; i < size; i++) y[i] = scale * x[0];
};

/** y[r, c] = x[r, c] + bias[c] */
export const addBias: ReferenceKernel<'addBias'> = ({ x, bias }, { rows, columns }, { y }) => {
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) y[r * columns + c] = x[r * columns + c] + bias[c];
};

/** total += x in place: the caller donates total. */
export const accumulate: ReferenceKernel<'accumulate'> = ({ total, x }, { size }) => {
  for (let i = 0; i < size; i++) total[i] += x[i];
};
