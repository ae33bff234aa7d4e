import type { Batch } from './batch.ts';

export interface Row {
  /** Masked ids, without padding. */
  readonly ids: Int32Array;
  /** Positions in the row to be predicted, ascending. */
  readonly positions: readonly number[];
  /** The ids before masking. */
  readonly original: Int32Array;
}

/** Lays rows side by side, padded to `length`. Every position of a row may attend to the whole of it. */
export function makeBatch(rows: readonly Row[], length: number, padId: number, textSegment: 0 | 1): Batch {
  const size = rows.length * length;
  const ids = new Int32Array(size).fill(padId);
  const segments = new Int32Array(size);
  const spans = new Int32Array(size * 2);
  for (const [row, { ids: text }] of rows.entries()) {
    const start = row * length;
    ids.set(text, start);
    segments.fill(textSegment, start, start + text.length);
    for (let at = start; at < start + text.length; at++) spans[at * 2 + 1] = text.length;
  }
  return {
    ids,
    segments,
    spans,
    positions: Int32Array.from(rows.flatMap(({ positions }, row) => positions.map((at) => row * length + at))),
    labels: Int32Array.from(rows.flatMap(({ positions, original }) => positions.map((at) => original[at]))),
    batch: rows.length,
    length,
    tokens: rows.reduce((sum, { ids: text }) => sum + text.length, 0),
  };
}
