import type { RandomKey } from '../../kernels/random.ts';
import { BertrandError } from '../../error.ts';
import { deferredOp } from '../op.ts';
import type { Tensor } from '../tensor.ts';

/**
 * y = x * keep / (1 - rate) (Srivastava et al. 2014); keep[i] depends on hash(key, i), so backward draws the same mask again.
 * @param rate from 0 to below 1; others throw a BertrandError
 */
export const dropout = deferredOp<[x: Tensor, rate: number, key: RandomKey]>(
  'dropout',
  (x, rate) => {
    if (!(rate >= 0 && rate < 1))
      throw new BertrandError(`dropout: found the rate ${rate}; expected one from 0 to below 1`);
    return x.shape;
  },
  (launch, x, rate, key) => {
    const parameters = { size: x.size, rate, ...key };
    return {
      output: launch('dropout', { x }, parameters).y,
      backward: (dy, launch) => [launch('dropout', { x: dy }, parameters).y],
      saved: [],
    };
  },
);
