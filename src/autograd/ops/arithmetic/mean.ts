import type { Tensor } from '../../tensor.ts';
import { sum } from './sum.ts';

/** The mean of all elements of x, a scalar. */
export function mean(x: Tensor): Tensor {
  return sum(x, 1 / x.size);
}
