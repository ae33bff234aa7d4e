import { syntheticBatch } from '../../src/train/measure/syntheticBatch.ts';

/** A batch of that shape, 15 % of it predicted, as plain numbers. */
function batchOf(vocabSize: number, rows: number, length: number) {
  const { ids, positions, labels } = syntheticBatch(rows, length, vocabSize, 0.15);
  return { vocabSize, rows, length, ids: [...ids], positions: [...positions], labels: [...labels] };
}

const base = { layers: 12, embeddingSize: 768, heads: 12, feedForwardSize: 3072 };

const mini = { layers: 4, embeddingSize: 256, heads: 4, feedForwardSize: 1024 };

/** The models, each with the differences of its batch. */
const sizes = {
  tiny: { layers: 2, embeddingSize: 128, heads: 2, feedForwardSize: 512 },
  mini,
  'mini-4x512': { ...mini, ...batchOf(8192, 4, 512) },
  'six-12x96': { layers: 6, embeddingSize: 384, heads: 6, feedForwardSize: 1536, ...batchOf(8192, 12, 96) },
  'base-2x128': { ...base, ...batchOf(30_522, 2, 128) },
  // Devlin et al. 2018's smaller model, for GPUs.
  'base-128': { ...base, ...batchOf(30_522, 32, 128) },
  'base-512': { ...base, ...batchOf(30_522, 8, 512) },
};

/** What every program does: batch, models and optimizer. */
export const work = {
  ...batchOf(8192, 16, 128),
  dropout: 0.1,
  optimizer: { learningRate: 1e-4, betas: [0.9, 0.999] as const, epsilon: 1e-8, weightDecay: 0.01 },
  sizes,
};
