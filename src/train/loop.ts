import type { MaskedInput } from '../bert/Bert.ts';
import type { Config } from './config/table/table.ts';
import { evaluate } from './evaluate/evaluation.ts';
import type { Evaluation, EvaluationBaseline } from './evaluate/evaluation.ts';
import type { LossWindow } from './lossWindow.ts';
import { pace } from './pace.ts';
import { GradientSum } from './parallel/gradientSum.ts';
import { parallelStep } from './parallel/parallelStep.ts';
import type { Communicator } from '../ranks/communicator.ts';
import { alone } from '../ranks/communicator.ts';
import { anyOf } from '../ranks/together.ts';
import { averaged } from './optimizer/weightAverage.ts';
import type { WeightAverage } from './optimizer/weightAverage.ts';
import { isMilestone } from './saving/milestones.ts';
import type { LowestLoss } from './length/lowestLoss.ts';
import { microBatchesBefore, microBatchesAt } from './length/microBatches.ts';
import { isOver, rates } from './length/runLength.ts';
import type { RunLength } from './length/runLength.ts';
import type { TrainingClock } from './length/trainingClock.ts';
import type { Learner, TrainingBatch } from './step.ts';

/** What a training run works with. */
export interface Training extends Learner {
  readonly config: Config;
  readonly trainBatch: (index: number) => Promise<TrainingBatch>;
  /** Of several ranks, those of this one. */
  readonly validationBatches: () => AsyncIterable<MaskedInput>;
  readonly baseline: EvaluationBaseline;
  readonly window: LossWindow;
  /** Of the weights, where validation takes it in their place. */
  readonly average?: WeightAverage;
  readonly length: RunLength;
  readonly clock: TrainingClock;
  /** Of the validations so far. */
  readonly lowest: LowestLoss;
  /** Those that train together; a process by itself if left out. */
  readonly ranks?: Communicator;
}

/** One line of the log: the mean loss since the last one, and this step's learning rate and gradient norm (before clipping). */
export interface TrainReport {
  readonly loss: number;
  readonly learningRate: number;
  /** Of a run by the clock: seconds of training until the step began, on which its learning rate depends. */
  readonly seconds?: number;
  /** Not finite for a step of half precision that was skipped. */
  readonly gradNorm: number;
  /** In half precision. */
  readonly lossScale?: number;
  readonly skippedSteps?: number;
  /** Where several train together: how many, and the seconds a step for which this one waited for the others. */
  readonly ranks?: number;
  readonly secondsWaited?: number;
}

/** Receives reports from training, saves, and decides when to stop. */
export interface Observer {
  onStep(step: number, tokens: number): void;
  onTrain(step: number, report: TrainReport): void;
  onValidate(step: number, evaluation: Evaluation): void | Promise<void>;
  /** @param scheduled whether an uninterrupted run would save here, too */
  save(step: number, scheduled: boolean): Promise<void>;
  stopRequested(): boolean;
  /** Yields to other events between two steps, if it has more to do then than `pace`. */
  rest?(): Promise<void>;
}

/** Why training ended: the run is over, the validation loss stays (`validate.patience`), or somebody asked for it. */
export type Ending = 'length' | 'patience' | 'stop';

/** The last step that was made, and why it was the last. */
export interface Ended {
  readonly step: number;
  readonly ending: Ending;
}

/** Trains from the step after `from` to the run's last. Every random choice depends on seed and step alone. */
export async function train(training: Training, from: number, observer: Observer): Promise<Ended> {
  const { clock } = training;
  clock.start();
  try {
    return await steps(training, from, observer);
  } finally {
    clock.stop();
  }
}

async function steps(training: Training, from: number, observer: Observer): Promise<Ended> {
  const { config, window, trainBatch, length, clock, lowest, ranks = alone } = training;
  const { seed, train: batching, validate: validating, checkpoint, log } = config;
  const gradients = new GradientSum(
    ranks,
    training.device,
    training.model.parameters,
    training.optimizer.sharedBuckets,
  );
  const waits = waitsOf(ranks, from);
  const rateAt = rates(config, length);
  /** The clock of rank 0 decides. */
  const overAfter = async (step: number): Promise<boolean> =>
    'steps' in length ? isOver(length, step, 0) : anyOf(ranks, ranks.rank === 0 && isOver(length, step, clock.seconds));
  if (await overAfter(from)) return { step: from, ending: 'length' };
  if (lowest.isExhausted(validating.patience)) return { step: from, ending: 'patience' };
  for (let step = from + 1; ; step++) {
    ranks.equalWork = true;
    const planned = {
      seed,
      step,
      microBatches: microBatchesAt(batching, step),
      before: microBatchesBefore(batching, step),
      seconds: clock.seconds,
      rateAt,
    };
    const { result, tokens, learningRate, seconds } = await parallelStep(
      training,
      ranks,
      gradients,
      trainBatch,
      planned,
    );
    training.average?.update(step);
    await window.add(step, result); // waits for an earlier step's loss: few steps are in flight
    observer.onStep(step, tokens);
    const last = await overAfter(step);
    const due = (every: number): boolean => step % every === 0 || last;
    if (due(log.every))
      observer.onTrain(step, {
        loss: await window.close(),
        learningRate,
        ...('seconds' in length && { seconds }),
        gradNorm: await result.gradNorm,
        ...(await training.optimizer.lossScale?.report()),
        ...waits(step),
      });
    let best = false;
    if (due(validating.every)) {
      const evaluation = await validate(training);
      best = lowest.note(step, evaluation.loss, validating.minDelta);
      await observer.onValidate(step, evaluation);
    }
    await (observer.rest?.() ?? pace());
    const stopping = await anyOf(ranks, observer.stopRequested());
    ranks.equalWork = false; // rank 0 saves, for as long as its disk takes
    const exhausted = lowest.isExhausted(validating.patience);
    const scheduled =
      exhausted || due(checkpoint.every) || (best && checkpoint.best) || isMilestone(checkpoint.milestones, step);
    if (scheduled || stopping) await observer.save(step, scheduled);
    if (last || exhausted) return { step, ending: last ? 'length' : 'patience' };
    if (stopping) return { step, ending: 'stop' };
  }
}

/** Loss and accuracy on the validation batches, whose masks are frozen. Throws a DivergenceError where training has diverged. */
export async function validate(training: Training): Promise<Evaluation> {
  const { device, model, validationBatches, baseline, window, ranks, average } = training;
  const evaluation = await averaged(average, () => evaluate(device, model, validationBatches(), baseline, ranks));
  window.watch.check('the validation loss', evaluation.loss, evaluation.unigramLoss);
  return evaluation;
}

/** How long this rank waits for others: a step's share of it since the last call. */
function waitsOf(ranks: Communicator, from: number): (step: number) => Pick<TrainReport, 'ranks' | 'secondsWaited'> {
  let before = { step: from, waited: ranks.waited };
  return (step) => {
    const now = { step, waited: ranks.waited };
    const secondsWaited = (now.waited - before.waited) / (step - before.step);
    before = now;
    return ranks.size === 1 ? {} : { ranks: ranks.size, secondsWaited };
  };
}
