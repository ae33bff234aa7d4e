import { fusion, isDeferred } from '../../deferred.ts';
import type { FusedCall } from '../../deferred.ts';
import { op } from '../../op.ts';
import type { Tensor } from '../../tensor.ts';
import { dropout } from '../dropout.ts';
import { maskParameters } from '../dropoutMask.ts';
import type { DropoutMask } from '../dropoutMask.ts';
import { gelu } from '../gelu.ts';
import { linear, linearBackward, linearSizes } from '../linear.ts';

/** gelu(linear(x, weight, bias)) */
export const linearGelu = fusion(gelu, ['linearGelu', 'geluDropoutBackward'], (y, form) => match(y, form));

/** dropout(gelu(linear(x, weight, bias))) */
export const linearGeluDropout = fusion(dropout, ['linearGelu', 'geluDropoutBackward'], (y, rate, key) =>
  isDeferred(gelu, y) ? match(...y.args, { rate, key }) : undefined,
);

function match(y: Tensor, form: 'erf' | 'tanh', mask?: DropoutMask): FusedCall | undefined {
  if (!isDeferred(linear, y)) return undefined;
  const [x, weight, bias] = y.args;
  return bias && fused.prepare(x, weight, bias, form, mask);
}

const fused = op(
  'linearGelu',
  (launch, x: Tensor, weight: Tensor, bias: Tensor, form: 'erf' | 'tanh', mask: DropoutMask | undefined) => {
    const sizes = linearSizes(x, weight);
    const activation = { tanh: Number(form === 'tanh'), ...maskParameters(mask) };
    const { linear, y } = launch('linearGelu', { x, weight, bias }, { ...sizes, ...activation });
    return {
      output: y,
      shape: [...x.shape.slice(0, -1), sizes.outputs],
      backward: (dy, launch, into, before) => {
        const size = sizes.rows * sizes.outputs;
        const { dx: dlinear } = launch('geluDropoutBackward', { x: linear, dy }, { size, ...activation }); // (..., outputs)
        return linearBackward(dlinear, launch, into, before, x, weight, bias);
      },
      saved: [x, weight, linear],
    };
  },
);
