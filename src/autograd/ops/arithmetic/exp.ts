import { op } from '../../op.ts';
import type { Tensor } from '../../tensor.ts';

/** y = e^x, dx = dy * y */
export const exp = op('exp', (launch, x: Tensor) => {
  const { y } = launch('exp', { x }, { size: x.size });
  return {
    output: y,
    shape: x.shape,
    backward: (dy, launch, into) => [
      launch('mul', { a: dy, b: y }, { size: x.size, period: x.size }, { y: into[0] }).y,
    ],
    saved: [y],
  };
});
