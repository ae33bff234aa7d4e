import { fusion } from '../../deferred.ts';
import { op } from '../../op.ts';
import type { Tensor } from '../../tensor.ts';
import { add } from '../add.ts';
import type { DropoutMask } from '../dropoutMask.ts';
import { residualSum } from './patterns.ts';

/** add(residual, dropout(x)), in either order */
export const dropoutAdd = fusion(add, ['dropoutAdd'], (a, b) => {
  const { residual, x, mask } = residualSum(a, b);
  return mask && fused.prepare(residual, x, mask);
});

const fused = op('dropoutAdd', (launch, residual: Tensor, x: Tensor, { rate, key }: DropoutMask) => {
  const parameters = { size: x.size, rate, ...key };
  return {
    output: launch('dropoutAdd', { x, residual }, parameters).y,
    shape: x.shape,
    backward: (dy, launch) => [dy, launch('dropout', { x: dy }, parameters).y],
    saved: [],
  };
});
