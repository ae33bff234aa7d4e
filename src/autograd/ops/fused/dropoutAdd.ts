import { drawingParameters, drop } from '../drawing.ts';
import type { Drawing } from '../drawing.ts';
import { op, tapeOf } from '../../op.ts';
import { expectShape } from '../../shape.ts';
import type { Tensor } from '../../tensor.ts';
import { add } from '../add.ts';

/** y = residual + dropout(x), both of one shape. */
export function dropoutAdd(residual: Tensor, x: Tensor, dropout: Drawing | undefined): Tensor {
  const tape = tapeOf('dropoutAdd', [residual, x]);
  if (dropout && tape.has('dropoutAdd')) return fused(residual, x, dropout);
  return add(residual, drop(x, dropout));
}

const fused = op('dropoutAdd', (run, residual: Tensor, x: Tensor, dropout: Drawing) => {
  expectShape('dropoutAdd', 'x', x.shape, residual.shape);
  const parameters = { size: x.size, ...drawingParameters(dropout) };
  return {
    output: run('dropoutAdd', { x, residual }, parameters).y,
    shape: x.shape,
    backward: (dy, run) => [dy, run('dropout', { x: dy }, parameters).y],
    reads: [],
  };
});
