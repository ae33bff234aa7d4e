import { BertrandError } from '../../error.ts';

/** A row, and the cosine of the angle between it and what was asked. */
export interface Similar {
  /** Which text, from 0. */
  readonly row: number;
  /** From -1 to 1. */
  readonly cosine: number;
}

/**
 * The rows that are most like a vector, by cosine similarity, most similar first; equally similar ones in their order. A row
 * of zeros is like none: its cosine is 0.
 * @param query (ES)
 * @param values (rows, ES)
 * @param top how many, or fewer if there are not so many
 * @throws BertrandError if `values` are not whole rows
 */
export function mostSimilar(query: Float32Array, values: Float32Array, top: number): Similar[] {
  const columns = query.length;
  if (columns === 0 || values.length % columns !== 0)
    throw new BertrandError(`mostSimilar: ${values.length} values are no rows of ${columns}`);
  const length = Math.hypot(...query);
  const found = Array.from({ length: values.length / columns }, (_, row) => {
    let [product, square] = [0, 0];
    for (let j = 0; j < columns; j++) {
      const value = values[row * columns + j];
      product += query[j] * value;
      square += value * value;
    }
    return { row, cosine: product / (length * Math.sqrt(square) || 1) };
  });
  return found.toSorted((a, b) => b.cosine - a.cosine || a.row - b.row).slice(0, top);
}
