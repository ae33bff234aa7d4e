import type { RandomKey } from '../../kernels/random.ts';
import { deferredOp } from '../op.ts';
import type { Tensor } from '../tensor.ts';

/** y = x * keep / (1 - rate) (Srivastava et al. 2014); keep[i] depends on hash(key, i), so backward draws the same mask again. */
export const dropout = deferredOp<[x: Tensor, rate: number, key: RandomKey]>(
  'dropout',
  (x) => x.shape,
  (launch, x, rate, key) => {
    const parameters = { size: x.size, rate, ...key };
    return {
      output: launch('dropout', { x }, parameters).y,
      backward: (dy, launch) => [launch('dropout', { x: dy }, parameters).y],
      saved: [],
    };
  },
);
