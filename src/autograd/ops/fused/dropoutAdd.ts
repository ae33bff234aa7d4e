import { fusion } from '../../deferred.ts';
import { op } from '../../op.ts';
import type { Tensor } from '../../tensor.ts';
import { add } from '../arithmetic/add.ts';
import type { DropoutMask } from '../dropoutMask.ts';
import { residualSum } from './patterns.ts';

/** add(residual, dropout(x)), in either order */
export const dropoutAdd = fusion(add, ['dropoutAdd'], (a, b) => {
  const sum = residualSum(a, b);
  return sum?.mask && fused.prepare(sum.residual, sum.x, sum.mask);
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
