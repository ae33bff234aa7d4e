import type { BatchOptions, MaskingOptions } from '../../src/data/dataOptions.ts';

export const masking: MaskingOptions = {
  probability: 0.15,
  mask: 0.8,
  random: 0.1,
  wholeWord: false,
  choice: 'bernoulli',
};

export const batchOptions: BatchOptions = {
  seed: 42,
  batchSize: 4,
  validation: 0.1,
  sequenceLength: 16,
  packing: true,
  padding: false,
  masking,
  validationProbability: 0.15,
  textSegment: 0,
};
