import type { DeviceArray } from '../../../kernels/device.ts';
import { maskParameters } from '../dropoutMask.ts';
import type { DropoutMask } from '../dropoutMask.ts';
import { op, tapeOf } from '../../op.ts';
import { expectShape } from '../../shape.ts';
import type { Tensor } from '../../tensor.ts';
import { biasGradient, inputGradient, linear, linearForward, linearSizes, weightGradient } from '../linear.ts';
import { linearGelu } from './linearGelu.ts';

/** The matrix (outputs, inputs) and bias (outputs) of a linear layer. */
export interface Weights {
  readonly weight: Tensor;
  readonly bias?: Tensor | undefined;
}

/**
 * y = dropout(gelu(x @ LL1')) @ LL2', biases added (Vaswani et al. 2017). Where the device has the kernels, what is between the
 * layers is not kept: backward computes it again in the pass that computes its gradient.
 * @param x (..., inputs)
 * @returns (..., outputs of LL2)
 */
export function feedForward(
  x: Tensor,
  LL1: Weights,
  LL2: Weights,
  form: 'erf' | 'tanh',
  dropout?: DropoutMask,
): Tensor {
  const tape = tapeOf('feedForward', [x]);
  if (tape.has('linearGelu') && tape.has('geluDropout') && tape.has('geluDropoutBoth'))
    return fused(x, LL1.weight, LL2.weight, LL1.bias, LL2.bias, form, dropout);
  return linear(linearGelu(x, LL1.weight, LL1.bias, form, dropout), LL2.weight, LL2.bias); // (..., outputs)
}

const fused = op(
  'feedForward',
  (
    launch,
    x: Tensor,
    weight1: Tensor,
    weight2: Tensor,
    bias1: Tensor | undefined,
    bias2: Tensor | undefined,
    form: 'erf' | 'tanh',
    dropout: DropoutMask | undefined,
  ) => {
    const first = linearSizes(x, weight1);
    const { rows, outputs: hidden } = first;
    expectShape('feedForward', 'weight of LL2', weight2.shape, [weight2.shape[0] ?? 1, hidden]);
    const second = { rows, inputs: hidden, outputs: weight2.shape[0] };
    if (bias1) expectShape('feedForward', 'bias of LL1', bias1.shape, [hidden]);
    if (bias2) expectShape('feedForward', 'bias of LL2', bias2.shape, [second.outputs]);
    const activation = { tanh: Number(form === 'tanh'), ...maskParameters(dropout) };
    const size = { size: rows * hidden, ...activation };
    const { linear, y } = bias1
      ? launch('linearGelu', { x, weight: weight1, bias: bias1 }, { ...first, ...activation })
      : activated(linearForward(launch, x, weight1, undefined, first));
    return {
      output: linearForward(launch, y, weight2, bias2, second),
      shape: [...x.shape.slice(0, -1), second.outputs],
      backward: (dy, launch, into) => {
        const dlinear = inputGradient(launch, dy, weight2, second); // (..., hidden), before GELU's part
        launch('geluDropoutBoth', { x: linear, dy: dlinear }, size); // linear is now y again
        const dweight2 = weightGradient(launch, dy, linear, second, into[2]);
        const dx = inputGradient(launch, dlinear, weight1, first);
        const dweight1 = weightGradient(launch, dlinear, x, first, into[1]);
        const biases = [
          ...(bias1 ? [biasGradient(launch, dlinear, first, into[3])] : []),
          ...(bias2 ? [biasGradient(launch, dy, second, into[bias1 ? 4 : 3])] : []),
        ];
        return [dx, dweight1, dweight2, ...biases];
      },
      saved: [x, weight1, weight2, linear],
    };

    function activated(linear: DeviceArray): { linear: DeviceArray; y: DeviceArray } {
      return { linear, ...launch('geluDropout', { x: linear }, size) };
    }
  },
);
