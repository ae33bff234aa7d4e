import { maskParameters, drop } from '../dropoutMask.ts';
import type { DropoutMask } from '../dropoutMask.ts';
import { op, tapeOf } from '../../op.ts';
import { expectShape } from '../../shape.ts';
import type { Tensor } from '../../tensor.ts';
import { add } from '../add.ts';

/** y = residual + dropout(x), both of one shape. */
export function dropoutAdd(residual: Tensor, x: Tensor, dropout: DropoutMask | undefined): Tensor {
  const tape = tapeOf('dropoutAdd', [residual, x]);
  if (dropout && tape.has('dropoutAdd')) return fused(residual, x, dropout);
  return add(residual, drop(x, dropout));
}

const fused = op('dropoutAdd', (launch, residual: Tensor, x: Tensor, dropout: DropoutMask) => {
  expectShape('dropoutAdd', 'x', x.shape, residual.shape);
  const parameters = { size: x.size, ...maskParameters(dropout) };
  return {
    output: launch('dropoutAdd', { x, residual }, parameters).y,
    shape: x.shape,
    backward: (dy, launch) => [dy, launch('dropout', { x: dy }, parameters).y],
    saved: [],
  };
});
