import { Bert } from '../../bert/Bert.ts';
import type { ModelOptions } from '../../bert/options.ts';
import { inRows } from '../../data/dataOptions.ts';
import type { Device } from '../../kernels/device.ts';
import { alone } from '../../ranks/communicator.ts';
import type { Communicator } from '../../ranks/communicator.ts';
import type { Config } from '../config/table/table.ts';
import { modelOptions } from '../config/modelOptions.ts';
import { openOptimizer } from '../optimizer/openOptimizer.ts';
import { trainStep } from '../step.ts';
import type { Learner, StepResult, TrainingBatch } from '../step.ts';
import { syntheticBatch, unpadded } from './syntheticBatch.ts';

/** Steps before the clock starts: the first allocates, the second compiles what is left. */
export const WARM_UP = 2;

/** The training of a config on random tokens. */
export interface SyntheticTraining {
  readonly options: ModelOptions;
  /** A micro-batch with its sequences in rows. */
  readonly rows: TrainingBatch;
  readonly learner: Learner;
  readonly batch: TrainingBatch;
  /** Tokens a step. */
  readonly tokens: number;
  readonly run: (step: number) => StepResult;
}

export function syntheticTraining(
  config: Config,
  vocabSize: number,
  device: Device,
  ranks: Communicator = alone,
): SyntheticTraining {
  const { batchSize, accumulate, recompute } = config.train;
  const options = modelOptions(config, vocabSize);
  const rows = syntheticBatch(batchSize, config.data.sequenceLength, vocabSize, config.data.masking.probability);
  const batch = inRows(config.data) ? rows : unpadded(rows);
  const model = new Bert(options, config.seed).to(device);
  const optimizer = openOptimizer(device, model.parameters, config.train, ranks);
  const learner = { device, model, optimizer, recompute };
  const batches = Array.from({ length: accumulate }, () => batch);
  const { learningRate } = config.train.optimizer;
  const run = (step: number): StepResult => trainStep(learner, batches, config.seed, step, learningRate);
  return { options, rows, learner, batch, tokens: accumulate * batch.tokens, run };
}
/** Milliseconds from one step's end to the next one's; while a step is waited for, the one after it is on its way. */
export async function stepTimes(run: (step: number) => StepResult, steps: number): Promise<number[]> {
  const ends: number[] = [];
  let waiting = settled(run(1));
  for (let step = 2; step <= WARM_UP + steps; step++) {
    const next = settled(run(step));
    next.catch(() => {}); // it is awaited below, unless the step before it fails first
    await waiting;
    ends.push(performance.now());
    waiting = next;
  }
  await waiting;
  ends.push(performance.now());
  return ends.slice(WARM_UP).map((end, i) => end - ends[WARM_UP + i - 1]);
}

export async function settled({ loss, gradNorm }: StepResult): Promise<void> {
  await Promise.all([loss, gradNorm]);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
