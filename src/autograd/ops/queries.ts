import type { Indices, Tensor } from '../tensor.ts';
import { gather } from './gather.ts';

/**
 * Which tokens attend to which: the queries, whose attention is computed, and the keys each token attends to. In the last block only the
 * tokens to predict are queries, and the others are only keys and values; elsewhere all tokens are queries.
 */
export class Queries {
  /** (batch, length, 2): token q of sequence b attends to the keys from spans[b, q, 0] to spans[b, q, 1] - 1 */
  readonly spans: Indices;
  /** (queries): indices into the flattened (batch, length); undefined if all tokens are queries. */
  readonly tokens: Indices | undefined;

  constructor(spans: Indices, tokens?: Indices) {
    this.spans = spans;
    this.tokens = tokens;
  }

  /** The rows of x that belong to queries. @param x (batch, length, columns) @returns x, or (queries, columns) */
  of(x: Tensor): Tensor {
    return this.tokens ? gather(x, this.tokens) : x;
  }

  /** The same spans, with all tokens as queries. */
  get all(): Queries {
    return new Queries(this.spans);
  }
}
