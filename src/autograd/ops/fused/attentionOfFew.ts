import { matmulParameters } from '../../../kernels/matmulParameters.ts';
import { fusion, isDeferred } from '../../deferred.ts';
import { op } from '../../op.ts';
import type { Indices, Tensor } from '../../tensor.ts';
import { gather } from '../gather.ts';
import { linear, linearSizes } from '../linear.ts';
import { partsAt } from './attention.ts';

/**
 * attention of a few tokens whose key and value are linear layers of one x, where nothing needs a gradient: the layers' weights are
 * multiplied with the few queries and contexts instead of all tokens. scores = query @ (x @ LLK')' = (query @ LLK) @ x'; LLK's bias adds
 * the same to all scores of a query, so that it changes nothing; and probabilities @ (x @ LLV' + bias) = (probabilities @ x) @ LLV' + bias.
 */
export const attentionOfFew = fusion(gather, ['attentionAtInput'], (context, tokens) => {
  const parts = context.requiresGradient ? undefined : partsAt(context, tokens);
  if (!parts || parts.mask || !isDeferred(linear, parts.key) || !isDeferred(linear, parts.value)) return undefined;
  const [x, keyWeight] = parts.key.args;
  const [input, valueWeight, bias] = parts.value.args;
  const { heads, scale, query } = parts;
  const few = x === input && paysOff(parts.spans as Indices, tokens, x, heads);
  return few ? fused.prepare({ heads, scale }, query, x, parts.spans, tokens, keyWeight, valueWeight, bias) : undefined;
});

/** Whether a token is the key of one query at most, on average, and much less is multiplied so. Depends on the sequences' lengths alone. */
function paysOff({ values: spans }: Indices, { values: tokens }: Indices, x: Tensor, heads: number): boolean {
  const width = x.shape.at(-1) ?? 1;
  const rows = x.size / width;
  let pairs = 0; // of a query and a key
  for (const token of tokens) {
    const keys = spans[2 * token + 1] - spans[2 * token];
    if (keys <= 0) return false; // its context is 0, without the bias
    pairs += keys;
  }
  return pairs <= rows && 2 * (tokens.length * width + heads * pairs) < rows * width;
}

interface Options {
  readonly heads: number;
  readonly scale: number;
}

const fused = op(
  'attentionOfFew',
  (
    launch,
    { heads, scale }: Options,
    query: Tensor,
    x: Tensor,
    spans: Tensor,
    tokens: Indices,
    keyWeight: Tensor,
    valueWeight: Tensor,
    bias: Tensor | undefined,
  ) => {
    const { inputs: width, outputs } = linearSizes(x, keyWeight);
    const [queries, headSize] = [tokens.size, outputs / heads];
    const each = { m: queries, outer: heads };
    const narrow = { row: outputs, outer: headSize }; // (queries, heads, headSize)
    const wide = { row: heads * width, outer: width }; // (queries, heads, width)
    const weights = { row: width, outer: headSize * width };
    const asked = launch(
      'matmul',
      { a: query, b: keyWeight },
      matmulParameters({ ...each, n: width, k: headSize, a: narrow, b: weights, c: wide }),
    ).c;
    const [batch, length] = x.shape;
    const sizes = { batch, length, heads, headSize: width, queries, scale };
    const seen = launch('attentionAtInput', { query: asked, x, spans, tokens }, sizes).context;
    const context = launch(
      'matmul',
      { a: seen, b: valueWeight },
      matmulParameters({ ...each, n: headSize, k: width, transposeB: true, a: wide, b: weights, c: narrow }),
    ).c;
    return {
      output: bias ? launch('addBias', { x: context, bias }, { rows: queries, columns: outputs }).y : context,
      shape: query.shape,
      backward: () => [], // never asked: see the pattern
    };
  },
);
