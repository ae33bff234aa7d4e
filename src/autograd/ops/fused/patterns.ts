import { isDeferred } from '../../deferred.ts';
import { sameShape } from '../../shape.ts';
import type { Tensor } from '../../tensor.ts';
import { dropout } from '../dropout.ts';
import type { DropoutMask } from '../dropoutMask.ts';
import { gelu } from '../gelu.ts';

/** Matches `y` as dropout(x): x and the mask; otherwise y itself and no mask. */
export function undropped(y: Tensor): readonly [x: Tensor, mask: DropoutMask | undefined] {
  if (!isDeferred(dropout, y)) return [y, undefined];
  const [x, rate, key] = y.args;
  return [x, { rate, key }];
}

export interface ResidualSum {
  readonly residual: Tensor;
  readonly x: Tensor;
  readonly mask: DropoutMask | undefined;
}

/** Matches a + b of equal shapes as residual + dropout(x), in either order; without a mask if neither is a dropout. */
export function residualSum(a: Tensor, b: Tensor | number): ResidualSum | undefined {
  if (typeof b === 'number' || !sameShape(a.shape, b.shape)) return undefined;
  const [residual, y] = isDeferred(dropout, a) ? [b, a] : [a, b];
  const [x, mask] = undropped(y);
  return { residual, x, mask };
}

export interface Activated {
  readonly x: Tensor;
  readonly form: 'erf' | 'tanh';
  readonly mask: DropoutMask | undefined;
}

/** Matches `y` as gelu(x) or dropout(gelu(x)). */
export function activated(y: Tensor): Activated | undefined {
  const [activation, mask] = undropped(y);
  if (!isDeferred(gelu, activation)) return undefined;
  const [x, form] = activation.args;
  return { x, form, mask };
}
