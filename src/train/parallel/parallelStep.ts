import type { Communicator } from '../../ranks/communicator.ts';
import { accumulateGradients, finishStep } from '../step.ts';
import type { Learner, StepResult, TrainingBatch } from '../step.ts';
import { interleaved } from './interleaved.ts';
import { microBatchesOf } from './microBatches.ts';
import type { GradientSum } from './gradientSum.ts';

/** A step of a run. */
export interface PlannedStep {
  readonly seed: number;
  /** From 1. */
  readonly step: number;
  readonly learningRate: number;
  /** Micro-batches of all ranks. */
  readonly accumulate: number;
}

/** A step that is enqueued, and its tokens on all ranks. */
export interface MadeStep {
  readonly result: StepResult;
  readonly tokens: number;
}

/** One optimizer step on the micro-batches of all ranks, made by each of them. A process by itself only enqueues it. */
export async function parallelStep(
  learner: Learner,
  ranks: Communicator,
  gradients: GradientSum,
  trainBatch: (index: number) => Promise<TrainingBatch>,
  { seed, step, learningRate, accumulate }: PlannedStep,
): Promise<MadeStep> {
  const indices = microBatchesOf(ranks, accumulate);
  const batches = await Promise.all(indices.map((i) => trainBatch((step - 1) * accumulate + i)));
  const counts = new Float64Array(2); // labels and tokens
  for (const { labels, tokens } of batches) {
    counts[0] += labels.length;
    counts[1] += tokens;
  }
  await ranks.sum(counts);
  const losses = accumulateGradients(learner, batches, {
    seed,
    step,
    count: counts[0],
    indices,
    onStepBack: gradients.begin(),
  });
  await gradients.end();
  const all = ranks.size === 1 ? Promise.all(losses) : Promise.resolve(await lossesOfAll(ranks, losses));
  const result = finishStep(learner, all, learningRate);
  await learner.optimizer.completeWeights();
  return { result, tokens: counts[1] };
}

async function lossesOfAll(ranks: Communicator, losses: readonly Promise<number>[]): Promise<number[]> {
  const own = (await Promise.all(losses)).map((loss) => [loss] as const);
  return (await interleaved(ranks, own)).map(([loss]) => loss);
}
