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
  /** Its micro-batches, those of all ranks, and how many come before them in the run. */
  readonly microBatches: number;
  readonly before: number;
  /** Seconds of training until it begins. Those of rank 0 count. */
  readonly seconds: number;
  /** The learning rate of a step that begins then. */
  readonly rateAt: (step: number, seconds: number) => number;
}

/** A step that is enqueued. */
export interface MadeStep {
  readonly result: StepResult;
  /** On all ranks. */
  readonly tokens: number;
  readonly learningRate: number;
  /** Seconds of training until it began, on rank 0. */
  readonly seconds: number;
}

/** One optimizer step on the micro-batches of all ranks, made by each of them. A process by itself only enqueues it. */
export async function parallelStep(
  learner: Learner,
  ranks: Communicator,
  gradients: GradientSum,
  trainBatch: (index: number) => Promise<TrainingBatch>,
  { seed, step, microBatches, before, seconds, rateAt }: PlannedStep,
): Promise<MadeStep> {
  const indices = microBatchesOf(ranks, microBatches);
  const batches = await Promise.all(indices.map((i) => trainBatch(before + i)));
  const counts = Float64Array.of(0, 0, ranks.rank === 0 ? seconds : 0); // labels and tokens of all
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
  const learningRate = rateAt(step, counts[2]);
  await learner.optimizer.findNorm();
  const result = finishStep(learner, all, learningRate);
  await learner.optimizer.completeWeights();
  return { result, tokens: counts[1], learningRate, seconds: counts[2] };
}

async function lossesOfAll(ranks: Communicator, losses: readonly Promise<number>[]): Promise<number[]> {
  const own = (await Promise.all(losses)).map((loss) => [loss] as const);
  return (await interleaved(ranks, own)).map(([loss]) => loss);
}
