import { drawingParameters, drop } from '../drawing.ts';
import type { Drawing } from '../drawing.ts';
import { headProducts } from '../heads.ts';
import { op, tapeOf } from '../op.ts';
import { expectShape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { attentionContext } from './attentionContext.ts';
import { attentionScores } from './attentionScores.ts';
import { maskedSoftmax } from './maskedSoftmax.ts';

export interface AttentionOptions {
  readonly heads: number;
  /** What the products of queries and keys are multiplied by. */
  readonly scale: number;
  /** Dropout on the probabilities. */
  readonly dropout?: Drawing | undefined;
}

/**
 * context = dropout(softmax(scale * query @ key' within spans)) @ value, a head at a time (Vaswani et al. 2017). A device that has the
 * fused kernel never stores the (length x length) arrays (Dao et al. 2022) and looks at no key outside of a query's span.
 * @param query (batch, length, ES), as are key and value
 * @param spans (batch, length, 2): query q of sequence b sees the keys from spans[b, q, 0] up to, not including, spans[b, q, 1]
 * @returns (batch, length, ES)
 */
export function attention(query: Tensor, key: Tensor, value: Tensor, spans: Tensor, options: AttentionOptions): Tensor {
  const tape = tapeOf('attention', [query, key, value, spans]);
  if (tape.has('attention') && tape.has('attentionBackward')) return fused(query, key, value, spans, options);
  const scores = attentionScores(query, key, options.heads, options.scale); // (batch, heads, length, length)
  const probabilities = drop(maskedSoftmax(scores, spans), options.dropout); // (batch, heads, length, length)
  return attentionContext(probabilities, value); // (batch, length, ES)
}

const fused = op(
  'attention',
  (run, query: Tensor, key: Tensor, value: Tensor, spans: Tensor, { heads, scale, dropout }: AttentionOptions) => {
    const { batch, length, headSize } = headProducts('attention', query.shape, heads);
    expectShape('attention', 'key', key.shape, query.shape);
    expectShape('attention', 'value', value.shape, query.shape);
    expectShape('attention', 'spans', spans.shape, [batch, length, 2]);
    const parameters = { batch, heads, length, headSize, scale, ...drawingParameters(dropout) };
    const { context, logSumExp } = run('attention', { query, key, value, spans }, parameters);
    return {
      output: context,
      shape: query.shape,
      backward: (dcontext, run) => {
        const inputs = { query, key, value, spans, context, logSumExp, dcontext };
        const { dquery, dkey, dvalue } = run('attentionBackward', inputs, parameters);
        return [dquery, dkey, dvalue];
      },
      reads: [query, key, value, spans, context],
    };
  },
);
