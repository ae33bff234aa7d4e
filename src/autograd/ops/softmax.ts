import { op } from '../op.ts';
import { rowsAndColumns } from '../shape.ts';
import type { Tensor } from '../tensor.ts';

/** y = exp(x) / sum of exp(x), over the last dimension. */
export const softmax = op('softmax', (run, x: Tensor) => {
  const parameters = rowsAndColumns(x.shape);
  const { y } = run('softmax', { x }, parameters);
  return {
    output: y,
    shape: x.shape,
    backward: (dy, run) => [run('softmaxBackward', { y, dy }, parameters).dx],
    reads: [y],
  };
});
