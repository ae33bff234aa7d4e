import type { ReferenceKernel } from './types.ts';

/** y = e^x */
export const exp: ReferenceKernel<'exp'> = ({ x }, { size }, { y }) => {
  for (let i = 0; i < size; i++) y[i] = Math.exp(x[i]);
};

/** y = tanh(x) */
export const tanh: ReferenceKernel<'tanh'> = ({ x }, { size }, { y }) => {
  for (let i = 0; i < size; i++) y[i] = Math.tanh(x[i]);
};

/** dx = dy * (1 - y^2) */
export const tanhBackward: ReferenceKernel<'tanhBackward'> = ({ y, dy }, { size }, { dx }) => {
  for (let i = 0; i < size; i++) dx[i] = dy[i] * (1 - y[i] * y[i]);
};

/** y = max(x, 0); NaN stays NaN. */
export const relu: ReferenceKernel<'relu'> = ({ x }, { size }, { y }) => {
  for (let i = 0; i < size; i++) y[i] = x[i] < 0 ? 0 : x[i];
};

/** dx = dy where y > 0, else 0: the gradient at x = 0 is 0. */
export const reluBackward: ReferenceKernel<'reluBackward'> = ({ y, dy }, { size }, { dx }) => {
  for (let i = 0; i < size; i++) dx[i] = y[i] > 0 ? dy[i] : 0;
};
