import { op } from '../../op.ts';
import type { Tensor } from '../../tensor.ts';

/** y = tanh(x), dx = dy * (1 - y^2) */
export const tanh = op('tanh', (launch, x: Tensor) => {
  const { y } = launch('tanh', { x }, { size: x.size });
  return {
    output: y,
    shape: x.shape,
    backward: (dy, launch, into) => [launch('tanhBackward', { y, dy }, { size: x.size }, { dx: into[0] }).dx],
    saved: [y],
  };
});
