import { maskParameters } from '../dropoutMask.ts';
import type { DropoutMask } from '../dropoutMask.ts';
import { op, tapeOf } from '../../op.ts';
import { expectShape } from '../../shape.ts';
import type { Tensor } from '../../tensor.ts';
import { geluDropout } from './geluDropout.ts';
import { linear, linearBackward, linearSizes } from '../linear.ts';

/**
 * y = dropout(gelu(x @ weight' + bias)), in one kernel where the device has it.
 * @param x (..., inputs)
 * @param weight (outputs, inputs)
 * @param bias (outputs), or left out
 * @returns (..., outputs)
 */
export function linearGelu(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
  form: 'erf' | 'tanh',
  dropout?: DropoutMask,
): Tensor {
  const tape = tapeOf('linearGelu', [x, weight]);
  if (bias && tape.has('linearGelu') && tape.has('geluDropoutBackward')) return fused(x, weight, bias, form, dropout);
  return geluDropout(linear(x, weight, bias), form, dropout); // (..., outputs)
}

const fused = op(
  'linearGelu',
  (launch, x: Tensor, weight: Tensor, bias: Tensor, form: 'erf' | 'tanh', dropout: DropoutMask | undefined) => {
    const sizes = linearSizes(x, weight);
    expectShape('linearGelu', 'bias', bias.shape, [sizes.outputs]);
    const activation = { tanh: Number(form === 'tanh'), ...maskParameters(dropout) };
    const { linear, y } = launch('linearGelu', { x, weight, bias }, { ...sizes, ...activation });
    return {
      output: y,
      shape: [...x.shape.slice(0, -1), sizes.outputs],
      backward: (dy, launch, into) => {
        const size = sizes.rows * sizes.outputs;
        const { dx: dlinear } = launch('geluDropoutBackward', { x: linear, dy }, { size, ...activation }); // (..., outputs)
        return linearBackward(dlinear, launch, into, x, weight, bias);
      },
      saved: [x, weight, linear],
    };
  },
);
