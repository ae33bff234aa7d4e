import type { DeviceArray } from '../../../kernels/device.ts';
import { fusion, isDeferred } from '../../deferred.ts';
import { op } from '../../op.ts';
import type { Launch, Tensor } from '../../tensor.ts';
import { maskParameters } from '../dropoutMask.ts';
import type { DropoutMask } from '../dropoutMask.ts';
import { inputGradient, linear, linearForward, linearSizes, parameterGradients } from '../linear.ts';
import { activated } from './patterns.ts';

/**
 * linear(dropout(gelu(linear(x, weight1, bias1))), weight2, bias2), with or without dropout and biases: FFN of the diagram. Between
 * the layers only the first one's output is saved: backward recomputes the second one's input along with GELU's gradient.
 */
export const feedForward = fusion(
  linear,
  ['linearGelu', 'geluDropout', 'geluDropoutBoth'],
  (hidden, weight2, bias2) => {
    const activation = activated(hidden);
    if (!activation || !isDeferred(linear, activation.x)) return undefined;
    const [x, weight1, bias1] = activation.x.args;
    return fused.prepare(x, weight1, weight2, bias1, bias2, activation.form, activation.mask);
  },
);

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
    mask: DropoutMask | undefined,
  ) => {
    const first = linearSizes(x, weight1);
    const { rows, outputs: hidden } = first;
    const second = { rows, inputs: hidden, outputs: weight2.shape[0], layers: 1 };
    const activation = { tanh: Number(form === 'tanh'), ...maskParameters(mask) };
    const size = { size: rows * hidden, ...activation };
    const { linear, y } = bias1
      ? launch('linearGelu', { x, weight: weight1, bias: bias1 }, { ...first, ...activation })
      : geluDropout(linearForward(launch, x, weight1, undefined, first));
    return {
      output: linearForward(launch, y, weight2, bias2, second),
      shape: [...x.shape.slice(0, -1), second.outputs],
      backward: (dy, launch, into, before) => {
        const dlinear = throughActivation(dy, launch); // (..., hidden); in place: linear now holds y
        const of2 = [into[2], into[bias1 ? 4 : 3]];
        const [dweight2, dbias2] = parameterGradients(launch, dy, linear, [weight2, bias2], second, of2);
        const dx = x.requiresGradient ? inputGradient(launch, dlinear, weight1, first, before[0]) : undefined;
        const [dweight1, dbias1] = parameterGradients(launch, dlinear, x, [weight1, bias1], first, [into[1], into[3]]);
        return [dx, dweight1, dweight2, ...(bias1 ? [dbias1] : []), ...(bias2 ? [dbias2] : [])];
      },
      saved: [x, weight1, weight2, linear],
    };

    function throughActivation(dy: DeviceArray, launch: Launch): DeviceArray {
      const inputs = { x: linear, dy, weight: weight2 };
      if (launch.has('linearInputGradientGelu'))
        return launch('linearInputGradientGelu', inputs, { ...second, ...activation }).dx;
      const dlinear = inputGradient(launch, dy, weight2, second); // for now the gradient of y
      launch('geluDropoutBoth', { x: linear, dy: dlinear }, size); // in place both
      return dlinear;
    }

    function geluDropout(linear: DeviceArray): { linear: DeviceArray; y: DeviceArray } {
      return { linear, ...launch('geluDropout', { x: linear }, size) };
    }
  },
);
