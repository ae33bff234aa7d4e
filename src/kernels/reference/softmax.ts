import type { ReferenceKernel } from './types.ts';

/** y[r] = exp(x[r] - max) / sum of exp(x[r] - max) */
export const softmax: ReferenceKernel<'softmax'> = ({ x }, { rows, columns }, { y }) => {
  for (let r = 0; r < rows; r++) softmaxRow(x, y, r * columns, 0, columns, columns);
};

/**
 * Softmax of attention scores (batch, heads, length, length), where query q of sequence b attends to the keys
 * spans[b, q] = [start, end): the others get 0, and a query without keys gets a row of zeros.
 */
export const maskedSoftmax: ReferenceKernel<'maskedSoftmax'> = ({ x, spans }, { batch, heads, length }, { y }) => {
  for (let b = 0; b < batch; b++)
    for (let h = 0; h < heads; h++)
      for (let q = 0; q < length; q++) {
        const span = 2 * (b * length + q);
        softmaxRow(x, y, ((b * heads + h) * length + q) * length, spans[span], spans[span + 1], length);
      }
};

function softmaxRow(
  x: Float64Array,
  y: Float64Array,
  offset: number,
  start: number,
  end: number,
  columns: number,
): void {
  let largest = -Infinity;
  for (let c = start; c < end; c++) largest = Math.max(largest, x[offset + c]);
  let total = 0;
  for (let c = start; c < end; c++) total += Math.exp(x[offset + c] - largest);
  for (let c = 0; c < columns; c++)
    y[offset + c] = c >= start && c < end ? Math.exp(x[offset + c] - largest) / total : 0;
}

/** dx[r, c] = y[r, c] * (dy[r, c] - sum over j of y[r, j] dy[r, j]) */
export const softmaxBackward: ReferenceKernel<'softmaxBackward'> = ({ y, dy }, { rows, columns }, { dx }) => {
  for (let r = 0; r < rows; r++) {
    const offset = r * columns;
    let inner = 0;
    for (let c = 0; c < columns; c++) inner += y[offset + c] * dy[offset + c];
    for (let c = 0; c < columns; c++) dx[offset + c] = y[offset + c] * (dy[offset + c] - inner);
  }
};
