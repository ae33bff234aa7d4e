import type { MaskedInput } from '../bert/Bert.ts';
import type { Config } from './config/table/table.ts';
import { evaluate } from './evaluate/evaluation.ts';
import type { Evaluation, EvaluationBaseline } from './evaluate/evaluation.ts';
import type { LossWindow } from './lossWindow.ts';
import { pace } from './pace.ts';
import { scheduleOptions } from './config/scheduleOptions.ts';
import { learningRateAt } from './optimizer/schedule.ts';
import { trainStep } from './step.ts';
import type { Learner, TrainingBatch } from './step.ts';

/** What a training run works with. */
export interface Training extends Learner {
  readonly config: Config;
  readonly trainBatch: (index: number) => Promise<TrainingBatch>;
  readonly validationBatches: () => AsyncIterable<MaskedInput>;
  readonly baseline: EvaluationBaseline;
  readonly window: LossWindow;
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
}

/** Receives reports from training, saves, and decides when to stop. */
export interface Observer {
  onStep(step: number, tokens: number): void;
  onTrain(step: number, report: TrainReport): void;
  onValidate(step: number, evaluation: Evaluation): void;
  save(step: number): Promise<void>;
  stopRequested(): boolean;
}

/**
 * Trains from the step after `from` to the config's last. Every random choice depends on seed and step alone.
 * @returns the last step that was made: the config's last, unless the observer asked to stop
 */
export async function train(training: Training, from: number, observer: Observer): Promise<number> {
  const { config, window } = training;
  const schedule = scheduleOptions(config);
  const due = (step: number, every: number): boolean => step % every === 0 || step === config.train.steps;
  for (let step = from + 1; step <= config.train.steps; step++) {
    const batches = await batchesOf(training, step);
    const learningRate = learningRateAt(schedule, step);
    const result = trainStep(training, batches, config.seed, step, learningRate);
    await window.add(step, result); // waits for an earlier step's loss: few steps are in flight
    observer.onStep(
      step,
      batches.reduce((total, { tokens }) => total + tokens, 0),
    );
    if (due(step, config.log.every))
      observer.onTrain(step, {
        loss: await window.close(),
        learningRate,
        gradNorm: await result.gradNorm,
        ...(await training.optimizer.lossScale?.report()),
      });
    if (due(step, config.validate.every)) observer.onValidate(step, await validate(training));
    await pace();
    const stopping = observer.stopRequested();
    if (stopping || due(step, config.checkpoint.every)) await observer.save(step);
    if (stopping) return step;
  }
  return config.train.steps;
}

/** Loss and accuracy on the validation batches, whose masks are frozen. Throws a DivergenceError where training has diverged. */
export async function validate({ device, model, validationBatches, baseline, window }: Training): Promise<Evaluation> {
  const evaluation = await evaluate(device, model, validationBatches(), baseline);
  window.watch.check('the validation loss', evaluation.loss, evaluation.unigramLoss);
  return evaluation;
}

/** The micro-batches whose gradients one step adds up. */
function batchesOf({ config, trainBatch }: Training, step: number): Promise<TrainingBatch[]> {
  const { accumulate } = config.train;
  return Promise.all(Array.from({ length: accumulate }, (_, i) => trainBatch((step - 1) * accumulate + i)));
}
