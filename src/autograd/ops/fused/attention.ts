import { maskParameters, drop } from '../dropoutMask.ts';
import type { DropoutMask } from '../dropoutMask.ts';
import { headProducts } from '../heads.ts';
import { op, tapeOf } from '../../op.ts';
import { expectShape } from '../../shape.ts';
import type { Indices, Tensor } from '../../tensor.ts';
import { attentionContext } from '../attentionContext.ts';
import { attentionScores } from '../attentionScores.ts';
import { gather } from '../gather.ts';
import { maskedSoftmax } from '../maskedSoftmax.ts';
import { expectIndices, scatter } from '../scatter.ts';

export interface AttentionOptions {
  readonly heads: number;
  /** What the products of queries and keys are multiplied by. */
  readonly scale: number;
  /** Dropout on the probabilities. */
  readonly dropout?: DropoutMask | undefined;
}

/**
 * context = dropout(softmax(scale * query @ key' within spans)) @ value, a head at a time (Vaswani et al. 2017). A device that has the
 * fused kernel never stores the (length x length) arrays (Dao et al. 2022) and looks at no key outside of a query's span.
 * @param query (batch, length, ES), as are key and value; with `only` (wanted, ES)
 * @param spans (batch, length, 2): query q of sequence b sees the keys from spans[b, q, 0] up to, not including, spans[b, q, 1]
 * @param only the tokens that ask, places in (batch * length); all by default. Each draws the dropout that it would draw among all.
 * @returns query's shape
 */
export function attention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  spans: Tensor,
  options: AttentionOptions,
  only?: Indices,
): Tensor {
  const tape = tapeOf('attention', [query, key, value, spans]);
  if (only) {
    const ascending = only.values.every((token, i) => i === 0 || token > only.values[i - 1]);
    if (ascending && tape.has('attentionAt') && tape.has('attentionAtBackward'))
      return fused(query, key, value, spans, options, only);
    const all = scatter(query, only, key.shape); // (batch, length, ES)
    return gather(attention(all, key, value, spans, options), only); // (wanted, ES)
  }
  if (tape.has('attention') && tape.has('attentionBackward'))
    return fused(query, key, value, spans, options, undefined);
  const scores = attentionScores(query, key, options.heads, options.scale); // (batch, heads, length, length)
  const probabilities = drop(maskedSoftmax(scores, spans), options.dropout); // (batch, heads, length, length)
  return attentionContext(probabilities, value); // (batch, length, ES)
}

const fused = op(
  'attention',
  (
    launch,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    spans: Tensor,
    { heads, scale, dropout }: AttentionOptions,
    tokens: Indices | undefined,
  ) => {
    const { batch, length, headSize } = headProducts('attention', key.shape, heads);
    expectShape('attention', 'query', query.shape, tokens ? [tokens.size, heads * headSize] : key.shape);
    expectShape('attention', 'value', value.shape, key.shape);
    expectShape('attention', 'spans', spans.shape, [batch, length, 2]);
    if (tokens) expectIndices('attention', tokens, key.shape);
    const inputs = { query, key, value, spans };
    const parameters = { batch, heads, length, headSize, scale, ...maskParameters(dropout) };
    const { context, logSumExp } = tokens
      ? launch('attentionAt', { ...inputs, tokens }, { ...parameters, wanted: tokens.size })
      : launch('attention', inputs, parameters);
    return {
      output: context,
      shape: query.shape,
      backward: (dcontext, launch) => {
        const saved = { ...inputs, context, logSumExp, dcontext };
        const { dquery, dkey, dvalue } = tokens
          ? launch('attentionAtBackward', { ...saved, tokens }, { ...parameters, wanted: tokens.size })
          : launch('attentionBackward', saved, parameters);
        return [dquery, dkey, dvalue];
      },
      saved: [query, key, value, spans, ...(tokens ? [tokens] : []), context, logSumExp],
    };
  },
);
