import type { Batch } from './batch.ts';

export interface MaskedSequence {
  /** Masked ids, without padding. */
  readonly ids: Int32Array;
  /** Places in the sequence to be predicted, ascending. */
  readonly positions: readonly number[];
  /** The ids before masking. */
  readonly original: Int32Array;
}

/** Where the sequences of a batch stand: `starts` are flat places in its rows. */
interface BatchLayout {
  readonly batch: number;
  readonly length: number;
  readonly starts: readonly number[];
}

/** Each sequence has a row of its own, padded to `length`. */
export function paddedRows(sequences: readonly MaskedSequence[], length: number): BatchLayout {
  return { batch: sequences.length, length, starts: sequences.map((_, row) => row * length) };
}

/** All sequences stand end to end in one row; what is left of its `length` is padding. */
export function oneRow(sequences: readonly MaskedSequence[], length: number): BatchLayout {
  let end = 0;
  return { batch: 1, length, starts: sequences.map(({ ids }) => (end += ids.length) - ids.length) };
}

/** Lays sequences out. Each token may attend to the whole of its own sequence and to nothing else. */
export function makeBatch(
  sequences: readonly MaskedSequence[],
  { batch, length, starts }: BatchLayout,
  padId: number,
  textSegment: 0 | 1,
): Batch {
  const size = batch * length;
  const ids = new Int32Array(size).fill(padId);
  const segments = new Int32Array(size);
  const spans = new Int32Array(size * 2);
  const places: number[] = [];
  const labels: number[] = [];
  for (const [i, { ids: text, positions, original }] of sequences.entries()) {
    const start = starts[i];
    const begin = start % length;
    ids.set(text, start);
    segments.fill(textSegment, start, start + text.length);
    for (let at = start; at < start + text.length; at++) {
      spans[at * 2] = begin;
      spans[at * 2 + 1] = begin + text.length;
    }
    for (const at of positions) {
      places.push(start + at);
      labels.push(original[at]);
    }
  }
  return {
    ids,
    segments,
    spans,
    positions: Int32Array.from(places),
    labels: Int32Array.from(labels),
    batch,
    length,
    tokens: sequences.reduce((sum, { ids: text }) => sum + text.length, 0),
  };
}
