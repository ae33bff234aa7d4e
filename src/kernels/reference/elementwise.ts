import type { ReferenceKernel } from './types.ts';

/** y = a + b */
export const add: ReferenceKernel<'add'> = ({ a, b }, { size }, { y }) => {
  for (let i = 0; i < size; i++) y[i] = a[i] + b[i];
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

/** total += x, in place: the caller donates total. */
export const accumulate: ReferenceKernel<'accumulate'> = ({ total, x }, { size }) => {
  for (let i = 0; i < size; i++) total[i] += x[i];
};
