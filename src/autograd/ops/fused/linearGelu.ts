import { drawingParameters } from '../drawing.ts';
import type { Drawing } from '../drawing.ts';
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
  dropout?: Drawing,
): Tensor {
  const tape = tapeOf('linearGelu', [x, weight]);
  if (bias && tape.has('linearGelu') && tape.has('geluDropoutBackward')) return fused(x, weight, bias, form, dropout);
  return geluDropout(linear(x, weight, bias), form, dropout); // (..., outputs)
}

const fused = op(
  'linearGelu',
  (run, x: Tensor, weight: Tensor, bias: Tensor, form: 'erf' | 'tanh', dropout: Drawing | undefined) => {
    const sizes = linearSizes(x, weight);
    expectShape('linearGelu', 'bias', bias.shape, [sizes.outputs]);
    const activation = { tanh: Number(form === 'tanh'), ...drawingParameters(dropout) };
    const { linear, y } = run('linearGelu', { x, weight, bias }, { ...sizes, ...activation });
    return {
      output: y,
      shape: [...x.shape.slice(0, -1), sizes.outputs],
      backward: (dy, run, into) => {
        const size = sizes.rows * sizes.outputs;
        const { dx: dlinear } = run('geluDropoutBackward', { x: linear, dy }, { size, ...activation }); // (..., outputs)
        return linearBackward(dlinear, run, into, x, weight, bias);
      },
      reads: [x, weight, linear],
    };
  },
);
