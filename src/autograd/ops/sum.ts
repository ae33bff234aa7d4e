import { op } from '../op.ts';
import type { Tensor } from '../tensor.ts';

/** y = scale * sum of x: a scalar, with scale = 1 / x.size the mean. */
export const sum = op('sum', (launch, x: Tensor, scale: number) => {
  const parameters = { size: x.size, scale };
  return {
    output: launch('sum', { x }, parameters).y,
    shape: [],
    backward: (dy, launch) => [launch('broadcast', { x: dy }, parameters).y],
    saved: [],
  };
});
