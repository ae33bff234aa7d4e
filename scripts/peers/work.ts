import { syntheticBatch } from '../../src/train/syntheticBatch.ts';

const [vocabSize, rows, length] = [8192, 16, 128];
const { ids, positions, labels } = syntheticBatch(rows, length, vocabSize, 307 / (rows * length));

/** What every program does: the batch, the models' sizes and the optimizer of scripts/bench-peer.ts. */
export const work = {
  vocabSize,
  rows,
  length,
  dropout: 0.1,
  ids: [...ids],
  positions: [...positions],
  labels: [...labels],
  optimizer: { learningRate: 1e-4, betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0.01 },
  sizes: {
    tiny: { layers: 2, embeddingSize: 128, heads: 2, feedForwardSize: 512 },
    mini: { layers: 4, embeddingSize: 256, heads: 4, feedForwardSize: 1024 },
  },
};
