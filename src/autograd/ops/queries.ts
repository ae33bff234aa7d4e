import type { Indices, Tensor } from '../tensor.ts';
import { gather } from './gather.ts';

/**
 * Who attends to what: the tokens whose attention is computed, the queries, and the keys that each token may see. All tokens are queries,
 * or some: in the last block those that are predicted, the others being keys and values alone.
 */
export class Queries {
  /** (batch, length, 2): token q of sequence b sees the keys from spans[b, q, 0] up to, not including, spans[b, q, 1] */
  readonly spans: Indices;
  /** (queries): places in (batch * length); undefined where all tokens are queries. */
  readonly tokens: Indices | undefined;

  constructor(spans: Indices, tokens?: Indices) {
    this.spans = spans;
    this.tokens = tokens;
  }

  /** The rows of x that are queries'. @param x (batch, length, columns) @returns x, or (queries, columns) */
  of(x: Tensor): Tensor {
    return this.tokens ? gather(x, this.tokens) : x;
  }

  /** The same spans, with all tokens as queries. */
  get all(): Queries {
    return new Queries(this.spans);
  }
}
