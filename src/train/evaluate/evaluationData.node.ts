import { join, resolve } from 'node:path';
import { openData } from '../../data/openData.node.ts';
import { openEvaluation } from '../../data/openEvaluation.node.ts';
import type { OnProgress } from '../../data/progress.ts';
import type { Baseline } from '../../data/baseline.ts';
import { cacheFolder } from '../../kernels/cacheFolder.node.ts';
import type { MaskedInput } from '../../bert/Bert.ts';
import { dataOptions } from '../config/dataOptions.ts';
import { firstBatches } from './firstBatches.ts';
import type { Trained } from './trained.node.ts';

export interface EvaluationBatches {
  readonly batches: () => AsyncIterable<MaskedInput>;
  readonly baseline: Baseline;
  close(): Promise<void>;
}

/**
 * All of the given files; or, with none, the batches that the run itself validates on. Encoded text is taken from the run's
 * cache where it is there, but only ever written to the user's own.
 */
export async function evaluationData(
  { config, tokenizer, tokenizerPath, folder }: Trained,
  corpus: readonly string[] | undefined,
  onProgress: OnProgress,
): Promise<EvaluationBatches> {
  const cache = { own: join(cacheFolder(), 'corpora'), foreign: resolve(folder, config.data.cache) };
  if (corpus) {
    const data = await openEvaluation(tokenizer, { ...dataOptions(config), corpus }, onProgress, undefined, cache);
    return {
      batches: () => firstBatches(data.batches, data.batches.stepsPerEpoch),
      baseline: data.baseline,
      close: () => data.close(),
    };
  }
  const data = await openData({ ...dataOptions(config), tokenizer: tokenizerPath }, onProgress, folder, cache);
  return {
    batches: () => firstBatches(data.validation, config.validate.batches),
    baseline: data.baseline,
    close: () => data.close(),
  };
}
