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
  readonly #positions: Positions;

  constructor(spans: Indices, tokens?: Indices, positions = new Positions(spans)) {
    this.spans = spans;
    this.tokens = tokens;
    this.#positions = positions;
  }

  /** The rows of x that belong to queries. @param x (batch, length, columns) @returns x, or (queries, columns) */
  of(x: Tensor): Tensor {
    return this.tokens ? gather(x, this.tokens) : x;
  }

  /** The same spans, with all tokens as queries. */
  get all(): Queries {
    return new Queries(this.spans, undefined, this.#positions);
  }

  /** The same queries, which attend only to keys that are at most `distance` tokens away (Beltagy et al. 2020). */
  within(distance: number): Queries {
    const { values, shape } = this.spans;
    const length = shape[1] ?? 0;
    const near = values.slice();
    for (let i = 0; i < near.length; i += 2) {
      if (near[i] >= near[i + 1]) continue; // padding sees nothing
      const place = (i / 2) % length;
      near[i] = Math.max(near[i], place - distance);
      near[i + 1] = Math.min(near[i + 1], place + distance + 1);
    }
    return new Queries(inputLike(this.spans, near, shape), this.tokens, this.#positions);
  }

  /** Positions of the queries in their own sequences: (batch, length), or (queries). */
  get positions(): Indices {
    return this.tokens ? this.#positions.of(this.tokens) : this.#positions.all;
  }
}

/** Each token's position in its own sequence, from 0; 0 for padding, which no token attends to. */
class Positions {
  readonly #spans: Indices;
  #all: Indices | undefined;

  /** @param spans (batch, length, 2): where each token's sequence starts and ends */
  constructor(spans: Indices) {
    this.#spans = spans;
  }

  /** (batch, length) */
  get all(): Indices {
    return (this.#all ??= inputLike(this.#spans, placesIn(this.#spans), this.#spans.shape.slice(0, -1)));
  }

  /** (tokens) */
  of({ values, shape }: Indices): Indices {
    const all = this.all.values;
    return inputLike(
      this.#spans,
      values.map((token) => all[token]),
      shape,
    );
  }
}

function placesIn({ values: spans, shape }: Indices): Int32Array {
  const length = shape[1] ?? 0;
  const places = new Int32Array(spans.length / 2);
  for (let i = 0; i < places.length; i++) if (spans[2 * i] < spans[2 * i + 1]) places[i] = (i % length) - spans[2 * i];
  return places;
}

const inputLike = ({ tape }: Indices, values: Int32Array, shape: readonly number[]): Indices =>
  (tape as NonNullable<Indices['tape']>).input(values, shape);
