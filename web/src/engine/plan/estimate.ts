import { isTrained } from '../../../../src/data/dataOptions.ts';
import { modelOptions } from '../../../../src/train/config/modelOptions.ts';
import type { Config } from '../../../../src/train/config/table/table.ts';
import { Bert } from '../../../../src/bert/Bert.ts';
import { dryRun } from '../../../../src/train/measure/dryRun.ts';
import type { StepCost } from '../../../../src/train/measure/dryRun.ts';
import { syntheticBatch } from '../../../../src/train/measure/syntheticBatch.ts';
import type { Estimate } from '../../protocol.ts';

/** Tokens of a batch that is traced as it is; what a larger one takes follows from two smaller ones, in proportion. */
const MOST = 2 ** 14;

/** What a run of that config takes: a step is traced without being computed. */
export function estimate(config: Config): Estimate {
  const { data, train, validate } = config;
  const vocabSize = isTrained(data.tokenizer) ? data.tokenizer.vocabSize : 0;
  const options = modelOptions(config, vocabSize);
  const length = data.sequenceLength;
  const cost = (sequences: number): StepCost =>
    dryRun(options, syntheticBatch(sequences, length, vocabSize, data.masking.probability), train);
  const step = atSize(train.batchSize, Math.max(1, Math.floor(MOST / length)), cost);
  const steps = train.steps === 'none' ? 0 : train.steps;
  // A validation's batches pass forward only, which is a third of a step.
  const passes = steps * train.accumulate + ((steps / validate.every) * validate.batches) / 3;
  return {
    parameters: new Bert(options).parameters.size,
    memory: step.peakMemory,
    flops: step.flops * passes,
    bytes: step.bytes * passes,
    launches: step.launches * passes,
  };
}

type Counted = Pick<StepCost, 'flops' | 'bytes' | 'launches' | 'peakMemory'>;

function atSize(sequences: number, most: number, cost: (sequences: number) => Counted): Counted {
  if (sequences <= 2 * most) return cost(sequences);
  const [less, more] = [cost(most), cost(2 * most)];
  const at = (key: keyof Counted): number => less[key] + ((more[key] - less[key]) * (sequences - most)) / most;
  return { flops: at('flops'), bytes: at('bytes'), launches: less.launches, peakMemory: at('peakMemory') };
}
