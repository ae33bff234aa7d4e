import { op } from '../op.ts';
import { rowsAndColumns } from '../shape.ts';
import type { Tensor } from '../tensor.ts';

/** y = exp(x) / sum of exp(x) over the last dimension. */
export const softmax = op('softmax', (launch, x: Tensor) => {
  const parameters = rowsAndColumns(x.shape);
  const { y } = launch('softmax', { x }, parameters);
  return {
    output: y,
    shape: x.shape,
    backward: (dy, launch) => [launch('softmaxBackward', { y, dy }, parameters).dx],
    saved: [y],
  };
});
