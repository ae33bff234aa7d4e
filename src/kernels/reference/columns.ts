import type { ReferenceKernel } from './types.ts';

/** y[c] = sum over rows of x[r, c] */
export const sumRows: ReferenceKernel<'sumRows'> = ({ x }, { rows, columns }, { y }) => {
  for (let c = 0; c < columns; c++) {
    let total = 0;
    for (let r = 0; r < rows; r++) total += x[r * columns + c];
    y[c] = total;
  }
};

/** dgamma[c] = sum over rows of dy (x - mean) inverse; dbeta[c] = sum over rows of dy */
export const layerNormParameterGradients: ReferenceKernel<'layerNormParameterGradients'> = (
  { x, mean, inverse, dy },
  { rows, columns },
  { dgamma, dbeta },
) => {
  for (let c = 0; c < columns; c++) {
    dgamma[c] = 0;
    dbeta[c] = 0;
    for (let r = 0; r < rows; r++) {
      dgamma[c] += dy[r * columns + c] * (x[r * columns + c] - mean[r]) * inverse[r];
      dbeta[c] += dy[r * columns + c];
    }
  }
};
