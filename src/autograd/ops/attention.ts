import { attentionContext } from './attentionContext.ts';
import { attentionScores } from './attentionScores.ts';
import { drop } from './dropoutMask.ts';
import type { DropoutMask } from './dropoutMask.ts';
import { gather } from './gather.ts';
import { maskedSoftmax } from './maskedSoftmax.ts';
import type { Queries } from './queries.ts';
import { scatter } from './scatter.ts';
import type { Tensor } from '../tensor.ts';

export interface AttentionOptions {
  readonly heads: number;
  /** Multiplies the products of queries and keys. */
  readonly scale: number;
  /** Dropout on the probabilities; a query's mask is the same whichever other tokens are queries. */
  readonly dropout?: DropoutMask | undefined;
}

/**
 * context = dropout(softmax(scale * query @ key' within spans)) @ value for each head (Vaswani et al. 2017).
 * @param query (batch, length, ES), or (queries, ES) if only some tokens are queries
 * @param key (batch, length, ES)
 * @param value (batch, length, ES)
 * @returns query's shape
 */
export function attention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  { spans, tokens }: Queries,
  { heads, scale, dropout }: AttentionOptions,
): Tensor {
  const all = tokens ? scatter(query, tokens, key.shape) : query; // (batch, length, ES)
  const scores = attentionScores(all, key, heads, scale); // (batch, heads, length, length)
  const probabilities = drop(maskedSoftmax(scores, spans), dropout); // (batch, heads, length, length)
  const context = attentionContext(probabilities, value); // (batch, length, ES)
  return tokens ? gather(context, tokens) : context; // (..., ES)
}
