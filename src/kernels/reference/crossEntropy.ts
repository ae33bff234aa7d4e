import type { ReferenceKernel } from './types.ts';

/** losses[r] = logSumExp[r] - logits[r, labels[r]], logSumExp[r] = log of the sum of exp(logits[r]) */
export const crossEntropy: ReferenceKernel<'crossEntropy'> = (
  { logits, labels },
  { rows, columns },
  { losses, logSumExp },
) => {
  for (let r = 0; r < rows; r++) {
    const offset = r * columns;
    let largest = -Infinity;
    for (let c = 0; c < columns; c++) largest = Math.max(largest, logits[offset + c]);
    let total = 0;
    for (let c = 0; c < columns; c++) total += Math.exp(logits[offset + c] - largest);
    logSumExp[r] = largest + Math.log(total);
    losses[r] = logSumExp[r] - logits[offset + labels[r]];
  }
};

/** dlogits[r, c] = dlosses[r] * (softmax(logits[r])[c] - (c is the label)) */
export const crossEntropyBackward: ReferenceKernel<'crossEntropyBackward'> = (
  { logits, labels, logSumExp, dlosses },
  { rows, columns },
  { dlogits },
) => {
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) {
      const probability = Math.exp(logits[r * columns + c] - logSumExp[r]);
      dlogits[r * columns + c] = dlosses[r] * (probability - (c === labels[r] ? 1 : 0));
    }
};
