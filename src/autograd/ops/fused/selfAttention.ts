import type { DeviceArray, Target } from '../../../kernels/device.ts';
import { fusion, isDeferred } from '../../deferred.ts';
import type { FusedCall } from '../../deferred.ts';
import { op } from '../../op.ts';
import { Parameter } from '../../parameters/parameter.ts';
import type { Indices, Launch, Tensor } from '../../tensor.ts';
import { attentionContext } from '../attentionContext.ts';
import { gather } from '../gather.ts';
import { rotate, rotateParameters } from '../rotate.ts';
import { headProducts } from '../heads.ts';
import { inputGradient, linear, linearForward, linearSizes, parameterGradients } from '../linear.ts';
import { maskParameters } from '../dropoutMask.ts';
import { partsAt, partsOf } from './attention.ts';
import type { AttentionParts } from './attention.ts';

const linears = [
  'rotateInPlace',
  'linear',
  'linearInputGradient',
  'linearInputGradientAdd',
  'linearParameterGradients',
] as const;

/**
 * attention whose query, key and value are linear layers of one x, with parameters that lie one after another: LLQ, LLK and LLV of the
 * diagram become one product of three layers, as do their gradients. If the query has another input, LLK and LLV do. Where query and key
 * are rotated by their positions, both are in one pass.
 */
export const selfAttention = fusion(
  attentionContext,
  ['attention', 'attentionBackward', ...linears],
  (probabilities, value) => {
    const parts = partsOf(probabilities, value);
    return parts && (match(parts, [parts.query, parts.key, value]) ?? match(parts, [parts.key, value], parts.query));
  },
);

/** attention of some tokens whose key and value are linear layers of one x, likewise. */
export const selfAttentionAt = fusion(gather, ['attentionAt', 'attentionAtBackward', ...linears], (context, tokens) => {
  const parts = partsAt(context, tokens);
  return parts && match(parts, [parts.key, parts.value], parts.query, tokens);
});

function match(
  parts: AttentionParts,
  outputs: readonly Tensor[],
  query?: Tensor,
  tokens?: Indices,
): FusedCall | undefined {
  const rotations = outputs.map((output) => (isDeferred(rotate, output) ? output.args : undefined));
  const [rotation] = rotations; // of all but the value
  if (rotations.some((other, i) => !alike(other, i < outputs.length - 1 ? rotation : undefined))) return undefined;
  const calls = outputs.flatMap((output, i) => {
    const projected = rotations[i]?.[0] ?? output;
    return isDeferred(linear, projected) ? [projected.args] : [];
  });
  if (calls.length < outputs.length) return undefined;
  const x = calls[0][0];
  const weights = calls.map(([, weight]) => weight);
  const biases = calls.flatMap(([, , bias]) => bias ?? []);
  const same = calls.every(([input, weight]) => input === x && weight.size === weights[0].size);
  if (!same || (biases.length > 0 && biases.length < outputs.length)) return undefined;
  if (!follow(weights, outputs[0]) || (biases.length > 0 && !follow(biases, outputs[0]))) return undefined;
  const [, table, positions] = rotation ?? [];
  return fused.prepare(parts, x, parts.spans, weights.length, query, tokens, table, positions, ...weights, ...biases);
}

type Rotation = Parameters<typeof rotate> | undefined;

/** Whether both are by the same angles, or both none. */
function alike(one: Rotation, other: Rotation): boolean {
  return [1, 2, 3].every((i) => one?.[i] === other?.[i]);
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
    tokens: Indices | undefined,
    table: Tensor | undefined,
    positions: Indices | undefined,
    ...parameters: Tensor[]
  ) => {
    const [weights, biases] = [parameters.slice(0, layers), parameters.slice(layers)];
    const [weight, bias] = [weights, biases].map((some) => launch.span(some.map(({ array }) => array)));
    const sizes = { ...linearSizes(x, weights[0]), layers };
    const shape = [...x.shape.slice(0, -1), sizes.outputs];
    const { batch, length, headSize } = headProducts('attention', shape, heads);
    const projected = linearForward(launch, x, weight as DeviceArray, bias, sizes); // (layers, ..., ES)
    if (table && positions) rotateAll(projected, table, positions, 0);
    const each = launch.parts(projected, layers);
    const [key, value] = each.slice(-2);
    const inputs = { query: query ?? each[0], key, value, spans };
    const sized = { batch, heads, length, headSize, scale, ...maskParameters(mask) };
    const { context, logSumExp } = tokens
      ? launch('attentionAt', { ...inputs, tokens }, { ...sized, queries: tokens.size })
      : launch('attention', inputs, sized);
    return {
      output: context,
      shape: tokens && query ? query.shape : shape,
      backward: (dcontext, launch, into, before) => {
        const dprojected = launch.reserve(projected.size); // (layers, ..., ES)
        const deach = launch.parts(dprojected, layers);
        const [dkey, dvalue] = deach.slice(-2);
        const targets = query ? { dkey, dvalue } : { dquery: deach[0], dkey, dvalue };
        const given = { ...inputs, context, logSumExp, dcontext };
        const { dquery } = tokens
          ? launch('attentionAtBackward', { ...given, tokens }, { ...sized, queries: tokens.size }, targets)
          : launch('attentionBackward', given, sized, targets);
        if (table && positions) rotateAll(dprojected, table, positions, 1);
        const dx = x.requiresGradient
          ? inputGradient(launch, dprojected, weight as DeviceArray, sizes, before[0])
          : undefined;
        const own = into.slice(2 + [query, tokens, table, positions].filter((given) => given).length);
        const wholes = [own.slice(0, layers), own.slice(layers)].map((some) => wholeOf(some, launch));
        const [dweight, dbias] = parameterGradients(launch, dprojected, x, [weights[0], biases[0]], sizes, wholes);
        const gradients = [dweight, dbias].flatMap((array) => (array ? launch.parts(array, layers) : []));
        const separate = gradients.map((gradient, i) =>
          typeof wholes[Math.floor(i / layers)] === 'object' ? own[i] : gradient,
        );
        return [
          dx,
          undefined,
          ...(query ? [dquery] : []),
          ...(tokens ? [undefined] : []),
          ...(table ? [undefined, undefined] : []),
          ...(separate as DeviceArray[]),
        ];
      },
      saved: [
        x,
        ...parameters,
        spans,
        ...(query ? [query] : []),
        ...(tokens ? [tokens] : []),
        ...(table && positions ? [table, positions] : []),
        projected,
        context,
        logSumExp,
      ],
    };

    /** Turns queries and keys, or their gradients back, which lie before the values. */
    function rotateAll(all: DeviceArray, table: Tensor, positions: Indices, inverse: number): void {
      const turned = launch.span(launch.parts(all, layers).slice(0, -1)) as DeviceArray;
      const each = { ...rotateParameters(shape, table.shape, positions, heads), inverse };
      launch('rotateInPlace', { x: turned, table, positions }, { ...each, layers: layers - 1 });
    }
  },
);

/** The array that the gradients of all layers may be written into, if none has been yet. */
function wholeOf(into: readonly Target[], launch: Launch): Target {
  const arrays = into.filter((target) => typeof target === 'object');
  return arrays.length > 0 && arrays.length === into.length ? launch.span(arrays) : 'f32';
}
