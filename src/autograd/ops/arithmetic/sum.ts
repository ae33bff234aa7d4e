import { op } from '../../op.ts';
import type { Tensor } from '../../tensor.ts';

/** y = scale * sum of all elements of x: a scalar. */
export const sum = op('sum', (launch, x: Tensor, scale: number = 1) => {
  const parameters = { size: x.size, scale };
  return {
    output: launch('sum', { x }, parameters).y,
    shape: [],
    backward: (dy, launch) => [launch('broadcast', { x: dy }, parameters).y],
    saved: [],
  };
});
