import type { ReferenceKernel } from './types.ts';

/** y[b, c, r] = x[b, r, c] */
export const transpose: ReferenceKernel<'transpose'> = ({ x }, { batch, rows, columns }, { y }) => {
  for (let b = 0; b < batch; b++)
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) y[(b * columns + c) * rows + r] = x[(b * rows + r) * columns + c];
};
