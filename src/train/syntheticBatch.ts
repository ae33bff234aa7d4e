import seedrandom from 'seedrandom';
import type { TrainingBatch } from './step.ts';

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
