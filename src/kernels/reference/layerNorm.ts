import type { ReferenceKernel } from './types.ts';

/**
 * y = (x - mean) * inverse * gamma + beta (Ba et al. 2016), inverse = 1 / sqrt(variance + epsilon); with unbiased = 1
 * inverse = 1 / (unbiased standard deviation + epsilon), as in the code behind the diagram (codertimo/BERT-pytorch).
 */
export const layerNorm: ReferenceKernel<'layerNorm'> = ({ x, gamma, beta }, p, { y, mean, inverse }) => {
  const { rows, columns, epsilon, unbiased } = p;
  for (let r = 0; r < rows; r++) {
    const offset = r * columns;
    let total = 0;
    for (let c = 0; c < columns; c++) total += x[offset + c];
    const centre = total / columns;
    let squares = 0;
    for (let c = 0; c < columns; c++) squares += (x[offset + c] - centre) ** 2;
    mean[r] = centre;
    inverse[r] = unbiased
      ? 1 / (Math.sqrt(squares / Math.max(columns - 1, 1)) + epsilon)
      : 1 / Math.sqrt(squares / columns + epsilon);
    for (let c = 0; c < columns; c++) y[offset + c] = (x[offset + c] - centre) * inverse[r] * gamma[c] + beta[c];
  }
};

/** With g = dy * gamma and d = x - mean: dx = inverse * (g - mean(g)) - d * slope * sum(g d), slope = -d(inverse)/d(squares) * 2. */
export const layerNormBackward: ReferenceKernel<'layerNormBackward'> = ({ x, gamma, mean, inverse, dy }, p, { dx }) => {
  const { rows, columns, epsilon, unbiased } = p;
  for (let r = 0; r < rows; r++) {
    const offset = r * columns;
    let total = 0;
    let product = 0;
    for (let c = 0; c < columns; c++) {
      const g = dy[offset + c] * gamma[c];
      total += g;
      product += g * (x[offset + c] - mean[r]);
    }
    const deviation = 1 / inverse[r] - epsilon;
    let slope = inverse[r] ** 3 / columns;
    if (unbiased) slope = deviation > 0 ? inverse[r] ** 2 / (deviation * Math.max(columns - 1, 1)) : 0; // the slope of a constant row is 0
    for (let c = 0; c < columns; c++)
      dx[offset + c] =
        inverse[r] * (dy[offset + c] * gamma[c] - total / columns) - (x[offset + c] - mean[r]) * slope * product;
  }
};
