import type { BertClassifier } from '../../bert/BertClassifier.ts';
import { weightOf } from '../../bert/BertClassifier.ts';
import type { LossWindow } from '../lossWindow.ts';
import type { TrainReport } from '../loop.ts';
import { learningRateAt } from '../optimizer/schedule.ts';
import { pace } from '../pace.ts';
import { trainStep } from '../step.ts';
import type { Learner } from '../step.ts';
import type { FinetuneConfig } from './config/table.ts';
import type { ClassifierEvaluation } from './evaluateClassifier.ts';
import type { TrainingBatches } from './labelledSequences.ts';

/** What fine-tuning works with. */
export interface Finetuning extends Learner<BertClassifier> {
  readonly config: FinetuneConfig;
  readonly batches: TrainingBatches;
  readonly steps: number;
  readonly evaluate: () => Promise<ClassifierEvaluation>;
  /** The losses since the last line of the log. */
  readonly window: LossWindow;
}

/** To whom fine-tuning reports. */
export interface FinetuneObserver {
  onStep(tokens: number): void;
  onTrain(step: number, report: TrainReport): void;
  /** Saves where it is the best so far. @returns whether to stop, as the last ones were no better */
  onValidate(step: number, evaluation: ClassifierEvaluation): Promise<boolean>;
  stopRequested(): boolean;
}

/**
 * Trains from the step after `from` to the last. Every random choice depends on seed and step alone.
 * @returns the last step that was made
 */
export async function finetuneSteps(
  { config, batches, steps, evaluate, window, ...learner }: Finetuning,
  from: number,
  observer: FinetuneObserver,
): Promise<number> {
  const { optimizer, schedule } = config.train;
  const rates = { ...schedule, restarts: [], steps, learningRate: optimizer.learningRate };
  const every = config.validate.every === 'epoch' ? batches.perEpoch : config.validate.every;
  const due = (step: number, every: number): boolean => step % every === 0 || step === steps;
  for (let step = from + 1; step <= steps; step++) {
    const batch = batches.at(step);
    const learningRate = learningRateAt(rates, step);
    const result = trainStep(learner, [batch], config.seed, step, learningRate, weightOf(batch));
    await window.add(step, result); // waits for an earlier step's loss: few steps are in flight
    observer.onStep(batch.tokens);
    if (due(step, config.log.every))
      observer.onTrain(step, { loss: await window.close(), learningRate, gradNorm: await result.gradNorm });
    if (due(step, every)) {
      await window.state();
      if (await observer.onValidate(step, await evaluate())) return step;
    }
    await pace();
    if (observer.stopRequested()) return step;
  }
  return steps;
}
