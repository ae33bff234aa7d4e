import type { Evaluation } from '../../train/evaluate/evaluation.ts';
import type { TrainReport } from '../../train/loop.ts';
import { barLine } from './bar.ts';
import { formatCount, formatDuration } from './format.ts';

export interface TrainingProgress {
  readonly step: number;
  /** Undefined of a run by the clock. */
  readonly steps: number | undefined;
  /** Of a run by the clock, the share of it that is over. */
  readonly share?: number;
  /** Passes over the training text that a step has made so far. */
  readonly epochsAStep: number;
  /** Of the last line of the log; undefined before the first. */
  readonly loss: number | undefined;
  readonly tokensPerSecond: number;
  readonly secondsLeft: number;
  /** The shaders that a step waits for. */
  readonly compiling: { readonly done: number; readonly total: number } | undefined;
}

/** The live line: bar, step, loss, speed, time left. */
export function liveLine(progress: TrainingProgress, width: number): string {
  const { step, steps, share = 0, epochsAStep, loss, tokensPerSecond, secondsLeft, compiling } = progress;
  const parts = [
    ...(compiling ? [`compiling shaders ${compiling.done} of ${compiling.total}`] : []),
    ...(loss === undefined ? [] : [`loss ${loss.toFixed(3)}`]),
    ...(Number.isFinite(secondsLeft) ? [`${formatDuration(secondsLeft)} left`] : []),
    ...(Number.isFinite(tokensPerSecond)
      ? [`${formatCount(tokensPerSecond)} tokens/s`, epochOf(step, epochsAStep)]
      : []),
  ];
  return barLine(`step ${stepOf(step, steps)}`, steps === undefined ? share : step / steps, parts, width);
}

/** A line of the log, for where there is no live line. */
export function trainLine(progress: TrainingProgress, { loss, learningRate, gradNorm }: TrainReport): string {
  const { step, steps, epochsAStep, tokensPerSecond, secondsLeft } = progress;
  return [
    `step ${stepOf(step, steps)}`,
    `loss ${loss.toFixed(4)}`,
    `learning rate ${learningRate.toExponential(2)}`,
    Number.isFinite(gradNorm) ? `gradient norm ${gradNorm.toFixed(2)}` : 'skipped: gradients overflow',
    epochOf(step, epochsAStep),
    `${formatCount(tokensPerSecond)} tokens/s`,
    `${formatDuration(secondsLeft)} left`,
  ].join('  ');
}

/** What a validation found, and the losses that need no context, so that a plateau is recognised. */
export function validateLine(step: number, steps: number | undefined, evaluation: Evaluation): string {
  const { loss, perplexity, accuracy, contextFreeLoss, unigramLoss } = evaluation;
  return [
    `step ${stepOf(step, steps)}`,
    `validation loss ${loss.toFixed(4)}`,
    `${compared(loss, contextFreeLoss)} than without context, ${compared(loss, unigramLoss)} than by frequency`,
    `perplexity ${formatCount(perplexity)}`,
    `accuracy ${(100 * accuracy).toFixed(1)} %`,
  ].join('  ');
}

/** As in "0.42 better". Losses are in nats. */
export const compared = (loss: number, baseline: number): string =>
  `${Math.abs(baseline - loss).toFixed(2)} ${loss <= baseline ? 'better' : 'worse'}`;
const epochOf = (step: number, epochsAStep: number): string => `epoch ${(step * epochsAStep).toFixed(2)}`;
const stepOf = (step: number, steps: number | undefined): string =>
  steps === undefined ? String(step) : `${String(step).padStart(String(steps).length)}/${steps}`;
