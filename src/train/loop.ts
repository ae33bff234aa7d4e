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
import { scheduleOptions } from './config/scheduleOptions.ts';
import { learningRateAt } from './optimizer/schedule.ts';
import type { Learner, TrainingBatch } from './step.ts';

/** What a training run works with. */
export interface Training extends Learner {
  readonly config: Config;
  readonly trainBatch: (index: number) => Promise<TrainingBatch>;
  /** Of several ranks, those of this one. */
  readonly validationBatches: () => AsyncIterable<MaskedInput>;
  readonly baseline: EvaluationBaseline;
  readonly window: LossWindow;
  /** Those that train together; a process by itself if left out. */
  readonly ranks?: Communicator;
}

/** One line of the log: the mean loss since the last one, and this step's learning rate and gradient norm (before clipping). */
export interface TrainReport {
  readonly loss: number;
  readonly learningRate: number;
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
  save(step: number): Promise<void>;
  stopRequested(): boolean;
}

/**
 * Trains from the step after `from` to the config's last. Every random choice depends on seed and step alone.
 * @returns the last step that was made: the config's last, unless the observer asked to stop
 */
export async function train(training: Training, from: number, observer: Observer): Promise<number> {
  const { config, window, trainBatch, ranks = alone } = training;
  const {
    seed,
    train: { accumulate },
  } = config;
  const gradients = new GradientSum(ranks, training.device, training.model.parameters);
  const waits = waitsOf(ranks, from);
  const schedule = scheduleOptions(config);
  const due = (step: number, every: number): boolean => step % every === 0 || step === config.train.steps;
  for (let step = from + 1; step <= config.train.steps; step++) {
    const learningRate = learningRateAt(schedule, step);
    const planned = { seed, step, learningRate, accumulate };
    const { result, tokens } = await parallelStep(training, ranks, gradients, trainBatch, planned);
    await window.add(step, result); // waits for an earlier step's loss: few steps are in flight
    observer.onStep(step, tokens);
    if (due(step, config.log.every))
      observer.onTrain(step, {
        loss: await window.close(),
        learningRate,
        gradNorm: await result.gradNorm,
        ...(await training.optimizer.lossScale?.report()),
        ...waits(step),
      });
    if (due(step, config.validate.every)) await observer.onValidate(step, await validate(training));
    await pace();
    const stopping = await anyOf(ranks, observer.stopRequested());
    if (stopping || due(step, config.checkpoint.every)) await observer.save(step);
    if (stopping) return step;
  }
  return config.train.steps;
}

/** Loss and accuracy on the validation batches, whose masks are frozen. Throws a DivergenceError where training has diverged. */
export async function validate(training: Training): Promise<Evaluation> {
  const { device, model, validationBatches, baseline, window, ranks } = training;
  const evaluation = await evaluate(device, model, validationBatches(), baseline, ranks);
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
