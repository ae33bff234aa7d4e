import type { DataOptions } from '../../data/dataOptions.ts';
import type { Config } from './table/table.ts';
import { textSegment } from './modelOptions.ts';

/** What data needs of the config. */
export function dataOptions(config: Config): DataOptions {
  return {
    ...config.data,
    seed: config.seed,
    batchSize: config.train.batchSize,
    validationProbability: config.validate.maskingProbability,
    textSegment: textSegment(config),
  };
}
