import seedrandom from 'seedrandom';
import { makeBatch, oneRow, paddedRows } from '../../data/batches/makeBatch.ts';
import type { MaskedSequence } from '../../data/batches/makeBatch.ts';
import type { TrainingBatch } from '../step.ts';

/** A full batch of random tokens of which every `1 / probability`-th is masked: the shapes of a config, without its corpus. */
export function syntheticBatch(batch: number, length: number, vocabSize: number, probability: number): TrainingBatch {
  const random = seedrandom('synthetic');
  const tokens = batch * length;
  const ids = Int32Array.from({ length: tokens }, () => Math.floor(random() * vocabSize));
  const masked = Math.max(1, Math.round(tokens * probability));
  const positions = Int32Array.from({ length: masked }, (_, i) => Math.floor((i * tokens) / masked));
  return {
    batch,
    length,
    tokens,
    ids,
    segments: new Int32Array(tokens),
    spans: Int32Array.from({ length: 2 * tokens }, (_, i) => (i % 2 === 0 ? 0 : length)),
    positions,
    labels: positions.map((position) => ids[position]),
  };
}

/** The same batch with its sequences end to end in one row. */
export function unpadded(rows: TrainingBatch): TrainingBatch {
  const spans = rows.spans.map((end, i) => end + (i >> 1) - ((i >> 1) % rows.length));
  return { ...rows, batch: 1, length: rows.batch * rows.length, spans };
}

/** The same random sequences of 1 to `longest` tokens twice: a row each with padding, and end to end without. */
export function syntheticLengths(
  count: number,
  longest: number,
  vocabSize: number,
  probability: number,
): { readonly padded: TrainingBatch; readonly unpadded: TrainingBatch } {
  const random = seedrandom('synthetic lengths');
  const sequences = Array.from({ length: count }, (): MaskedSequence => {
    const original = Int32Array.from({ length: 1 + Math.floor(random() * longest) }, () =>
      Math.floor(random() * vocabSize),
    );
    const positions = [...original.keys()].filter(() => random() < probability);
    const ids = original.map((id, i) => (positions.includes(i) ? 0 : id));
    return { ids, original, positions };
  });
  const tokens = sequences.reduce((total, { ids }) => total + ids.length, 0);
  return {
    padded: makeBatch(sequences, paddedRows(sequences, longest), 0, 0),
    unpadded: makeBatch(sequences, oneRow(sequences, tokens), 0, 0),
  };
}
