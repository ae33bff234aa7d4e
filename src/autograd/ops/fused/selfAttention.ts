import type { DeviceArray, Target } from '../../../kernels/device.ts';
import { fusion, isDeferred } from '../../deferred.ts';
import type { FusedCall } from '../../deferred.ts';
import { op } from '../../op.ts';
import { Parameter } from '../../parameters/parameter.ts';
import type { Launch, Tensor } from '../../tensor.ts';
import { attentionContext } from '../attentionContext.ts';
import { headProducts } from '../heads.ts';
import { inputGradient, linear, linearForward, linearSizes, parameterGradients } from '../linear.ts';
import { maskParameters } from '../dropoutMask.ts';
import { partsOf } from './attention.ts';
import type { AttentionParts } from './attention.ts';

/**
 * attention whose query, key and value are linear layers of one x, with parameters that lie one after another: LLQ, LLK and LLV of the
 * diagram become one product of three layers, as do their gradients. If the query has another input, LLK and LLV do.
 */
export const selfAttention = fusion(
  attentionContext,
  [
    'attention',
    'attentionBackward',
    'linear',
    'linearInputGradient',
    'linearInputGradientAdd',
    'linearParameterGradients',
  ],
  (probabilities, value) => {
    const parts = partsOf(probabilities, value);
    return parts && (match(parts, [parts.query, parts.key, value]) ?? match(parts, [parts.key, value], parts.query));
  },
);

function match(parts: AttentionParts, outputs: readonly Tensor[], query?: Tensor): FusedCall | undefined {
  const calls = outputs.flatMap((output) => (isDeferred(linear, output) ? [output.args] : []));
  if (calls.length < outputs.length) return undefined;
  const x = calls[0][0];
  const weights = calls.map(([, weight]) => weight);
  const biases = calls.flatMap(([, , bias]) => bias ?? []);
  const alike = calls.every(([input, weight]) => input === x && weight.size === weights[0].size);
  if (!alike || (biases.length > 0 && biases.length < outputs.length)) return undefined;
  if (!follow(weights, outputs[0]) || (biases.length > 0 && !follow(biases, outputs[0]))) return undefined;
  return fused.prepare(parts, x, parts.spans, weights.length, query, ...weights, ...biases);
}

/** Whether these are trained parameters, one after another in memory, and `output`s one after another could be viewed one by one. */
function follow(tensors: readonly Tensor[], output: Tensor): boolean {
  const parameters = tensors.filter((tensor) => tensor instanceof Parameter && tensor.requiresGradient) as Parameter[];
  if (parameters.length < tensors.length) return false;
  const { device } = parameters[0].storage;
  const arrays = parameters.map(({ storage }) => storage.weights);
  return output.size % (2 * device.viewAlignment) === 0 && device.span(arrays) !== undefined; // twice: of halves
}

const fused = op(
  'selfAttention',
  (
    launch,
    { heads, scale, mask }: AttentionParts,
    x: Tensor,
    spans: Tensor,
    layers: number,
    query: Tensor | undefined,
    ...parameters: Tensor[]
  ) => {
    const [weights, biases] = [parameters.slice(0, layers), parameters.slice(layers)];
    const [weight, bias] = [weights, biases].map((some) => launch.span(some.map(({ array }) => array)));
    const sizes = { ...linearSizes(x, weights[0]), layers };
    const shape = [...x.shape.slice(0, -1), sizes.outputs];
    const { batch, length, headSize } = headProducts('attention', shape, heads);
    const projected = linearForward(launch, x, weight as DeviceArray, bias, sizes); // (layers, ..., ES)
    const [key, value] = launch.parts(projected, layers).slice(-2);
    const inputs = { query: query ?? launch.parts(projected, layers)[0], key, value, spans };
    const sized = { batch, heads, length, headSize, scale, ...maskParameters(mask) };
    const { context, logSumExp } = launch('attention', inputs, sized);
    return {
      output: context,
      shape,
      backward: (dcontext, launch, into, before) => {
        const dprojected = launch.reserve(projected.size); // (layers, ..., ES)
        const [dkey, dvalue] = launch.parts(dprojected, layers).slice(-2);
        const targets = { dkey, dvalue, ...(!query && { dquery: launch.parts(dprojected, layers)[0] }) };
        const { dquery } = launch('attentionBackward', { ...inputs, context, logSumExp, dcontext }, sized, targets);
        const dx = x.requiresGradient
          ? inputGradient(launch, dprojected, weight as DeviceArray, sizes, before[0])
          : undefined;
        const own = into.slice(query ? 3 : 2);
        const wholes = [own.slice(0, layers), own.slice(layers)].map((some) => wholeOf(some, launch));
        const [dweight, dbias] = parameterGradients(launch, dprojected, x, [weights[0], biases[0]], sizes, wholes);
        const gradients = [dweight, dbias].flatMap((array) => (array ? launch.parts(array, layers) : []));
        const separate = gradients.map((gradient, i) =>
          typeof wholes[Math.floor(i / layers)] === 'object' ? own[i] : gradient,
        );
        return [dx, undefined, ...(query ? [dquery] : []), ...(separate as DeviceArray[])];
      },
      saved: [x, ...parameters, spans, ...(query ? [query] : []), projected, context, logSumExp],
    };
  },
);

/** The array that the gradients of all layers may be written into, if none has been yet. */
function wholeOf(into: readonly Target[], launch: Launch): Target {
  const arrays = into.filter((target) => typeof target === 'object');
  return arrays.length > 0 && arrays.length === into.length ? launch.span(arrays) : 'f32';
}
