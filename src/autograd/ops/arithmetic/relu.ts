import { op } from '../../op.ts';
import type { Tensor } from '../../tensor.ts';

/** y = max(x, 0) (Nair and Hinton 2010); the gradient at 0 is 0, and NaN stays NaN. */
export const relu = op('relu', (launch, x: Tensor) => {
  const { y } = launch('relu', { x }, { size: x.size });
  return {
    output: y,
    shape: x.shape,
    backward: (dy, launch, into) => [launch('reluBackward', { y, dy }, { size: x.size }, { dx: into[0] }).dx],
    saved: [y],
  };
});
