import { fusion, isDeferred } from '../../deferred.ts';
import { op } from '../../op.ts';
import type { Indices, Tensor } from '../../tensor.ts';
import { attentionContext } from '../attentionContext.ts';
import { attentionScores } from '../attentionScores.ts';
import { maskParameters } from '../dropoutMask.ts';
import type { DropoutMask } from '../dropoutMask.ts';
import { gather } from '../gather.ts';
import { headProducts } from '../heads.ts';
import { maskedSoftmax } from '../maskedSoftmax.ts';
import { scatter } from '../scatter.ts';
import { undropped } from './patterns.ts';

/**
 * attentionContext(dropout(maskedSoftmax(attentionScores(query, key), spans)), value), with or without dropout. The (length x length)
 * arrays are never stored (Dao et al. 2022), and keys outside a query's span are skipped.
 */
export const attention = fusion(attentionContext, ['attention', 'attentionBackward'], (probabilities, value) => {
  const parts = partsOf(probabilities, value);
  return parts && fused.prepare(parts, parts.query, parts.key, value, parts.spans);
});

/** gather(attention of scatter(query, tokens), tokens) with tokens ascending: attention for those queries only. */
export const attentionAt = fusion(gather, ['attentionAt', 'attentionAtBackward'], (context, tokens) => {
  const parts = partsAt(context, tokens);
  return parts && fused.prepare(parts, parts.query, parts.key, parts.value, parts.spans, tokens);
});

interface Options {
  readonly heads: number;
  readonly scale: number;
  readonly mask: DropoutMask | undefined;
}

/** What an attention is made of. */
export interface AttentionParts extends Options {
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
  readonly spans: Tensor;
}

/** The inputs of the attention whose attentionContext has these arguments; undefined if they are not the pattern. */
export function partsOf(probabilities: Tensor, value: Tensor): AttentionParts | undefined {
  const [softmax, mask] = undropped(probabilities);
  if (!isDeferred(maskedSoftmax, softmax)) return undefined;
  const [scores, spans] = softmax.args;
  if (!isDeferred(attentionScores, scores)) return undefined;
  const [query, key, heads, scale] = scores.args;
  return value.size === key.size ? { query, key, value, spans, heads, scale, mask } : undefined;
}

/** The inputs of the attention whose context is `context`, if only `tokens` are its queries. */
export function partsAt(context: Tensor, tokens: Indices): AttentionParts | undefined {
  const parts = isDeferred(attentionContext, context) ? partsOf(...context.args) : undefined;
  if (!parts || !isDeferred(scatter, parts.query)) return undefined;
  const [query, scattered] = parts.query.args;
  const ascending = tokens.values.every((token, i) => i === 0 || token > tokens.values[i - 1]);
  return scattered === tokens && ascending ? { ...parts, query } : undefined;
}

const fused = op(
  'attention',
  (
    launch,
    { heads, scale, mask }: Options,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    spans: Tensor,
    tokens?: Indices,
  ) => {
    const { batch, length, headSize } = headProducts('attention', key.shape, heads);
    const inputs = { query, key, value, spans };
    const parameters = { batch, heads, length, headSize, scale, ...maskParameters(mask) };
    const { context, logSumExp } = tokens
      ? launch('attentionAt', { ...inputs, tokens }, { ...parameters, queries: tokens.size })
      : launch('attention', inputs, parameters);
    return {
      output: context,
      shape: query.shape,
      backward: (dcontext, launch) => {
        const saved = { ...inputs, context, logSumExp, dcontext };
        const { dquery, dkey, dvalue } = tokens
          ? launch('attentionAtBackward', { ...saved, tokens }, { ...parameters, queries: tokens.size })
          : launch('attentionBackward', saved, parameters);
        return [dquery, dkey, dvalue];
      },
      saved: [query, key, value, spans, ...(tokens ? [tokens] : []), context, logSumExp],
    };
  },
);
