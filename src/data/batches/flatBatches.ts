import type { Batch, Batches } from './batch.ts';
import { makeBatch, oneRow, paddedRows } from './makeBatch.ts';
import type { MaskedSequence } from './makeBatch.ts';

/** Masked batches as a few arrays: all sequences one behind another, without padding. */
export interface FlatBatches {
  /** Sequences in each batch. */
  readonly counts: Int32Array;
  /** Tokens in each sequence. */
  readonly sizes: Int32Array;
  /** Ids before masking. */
  readonly ids: Int32Array;
  /** Places in `ids` that are to be predicted, ascending. */
  readonly positions: Int32Array;
  /** The ids that stand there after masking. */
  readonly seen: Int32Array;
}

/** Batches as arrays; undefined if they have more than `most` tokens. */
export async function flattened(batches: AsyncIterable<Batch>, most: number): Promise<FlatBatches | undefined> {
  const [counts, sizes, positions, seen]: number[][] = [[], [], [], []];
  const texts: Int32Array[] = [];
  let tokens = 0;
  for await (const batch of batches) {
    const { ids, spans, labels } = batch;
    const original = ids.slice();
    const predicted = new Map(Array.from(batch.positions, (position, i) => [position, labels[i]]));
    for (const [position, label] of predicted) original[position] = label;
    let count = 0;
    for (let at = 0; at < ids.length;) {
      const size = spans[2 * at + 1] - spans[2 * at];
      for (let i = at; i < at + size; i++)
        if (predicted.has(i)) {
          positions.push(tokens + i - at);
          seen.push(ids[i]);
        }
      if (size > 0) {
        texts.push(original.subarray(at, at + size));
        sizes.push(size);
        count += 1;
      }
      tokens += size;
      at += Math.max(size, 1);
    }
    counts.push(count);
    if (tokens > most) return undefined;
  }
  const ids = new Int32Array(tokens);
  let end = 0;
  for (const text of texts) {
    ids.set(text, end);
    end += text.length;
  }
  const [a, b, c, d] = [counts, sizes, positions, seen].map((values) => Int32Array.from(values));
  return { counts: a, sizes: b, ids, positions: c, seen: d };
}

/** How the sequences of a batch stand in it. */
export interface FlatLayout {
  /** Whether each has a row of its own, of so many tokens; otherwise all share one. */
  readonly rows: boolean;
  readonly length: number;
  readonly padId: number;
  readonly textSegment: 0 | 1;
}

/** The batches of such arrays, which must be those of `flattened`. */
export function unflattened(flat: FlatBatches, { rows, length, padId, textSegment }: FlatLayout): Batches {
  const sequences = sequencesOf(flat);
  let end = 0;
  const batches = Array.from(flat.counts, (count) => sequences.slice(end, (end += count)));
  return {
    sequences: sequences.length,
    stepsPerEpoch: batches.length,
    at(step) {
      const masked = batches[step % batches.length];
      const layout = rows ? paddedRows(masked, length) : oneRow(masked, length);
      return Promise.resolve(makeBatch(masked, layout, padId, textSegment));
    },
  };
}

function sequencesOf({ sizes, ids: all, positions, seen }: FlatBatches): MaskedSequence[] {
  let [begin, next] = [0, 0];
  return Array.from(sizes, (size) => {
    const original = all.subarray(begin, begin + size);
    const ids = original.slice();
    const own: number[] = [];
    for (; next < positions.length && positions[next] < begin + size; next++) {
      own.push(positions[next] - begin);
      ids[positions[next] - begin] = seen[next];
    }
    begin += size;
    return { ids, original, positions: own };
  });
}

/** The most that batches may have. */
export interface FlatLimits {
  readonly vocabSize: number;
  /** Tokens in a sequence. */
  readonly length: number;
  /** Tokens and sequences in a batch. */
  readonly tokens: number;
  readonly sequences: number;
}

/** Whether arrays, which may come from anywhere, are those of some batches within the limits. */
export function isFlat(flat: FlatBatches, { vocabSize, length, tokens, sequences }: FlatLimits): boolean {
  const { counts, sizes, ids, positions, seen } = flat;
  const isId = (id: number): boolean => id >= 0 && id < vocabSize;
  const sum = (values: Int32Array): number => values.reduce((total, value) => total + value, 0);
  if (counts.length === 0 || !counts.every((count) => count > 0 && count <= sequences)) return false;
  if (sum(counts) !== sizes.length) return false;
  if (!sizes.every((size) => size > 0 && size <= length) || sum(sizes) !== ids.length) return false;
  let begin = 0;
  for (const count of counts) if (sum(sizes.subarray(begin, (begin += count))) > tokens) return false;
  return (
    positions.length > 0 &&
    positions.length === seen.length &&
    positions.every((at, i) => at > (i === 0 ? -1 : positions[i - 1]) && at < ids.length) &&
    ids.every(isId) &&
    seen.every(isId)
  );
}
