import { dropThreshold, hash } from '../random.ts';
import type { ReferenceKernel } from './types.ts';

/** y[i] = x[i] / (1 - rate) where hash(key, i) is kept, else 0. Backward is the same kernel on dy. */
export const dropout: ReferenceKernel<'dropout'> = ({ x }, { size, rate, keyHigh, keyLow }, { y }) => {
  const threshold = dropThreshold(rate);
  for (let i = 0; i < size; i++) y[i] = hash({ keyHigh, keyLow }, i) < threshold ? 0 : x[i] / (1 - rate);
};
