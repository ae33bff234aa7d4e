import { BertrandError } from '../../error.ts';
import { scheduleOptions } from '../config/scheduleOptions.ts';
import type { Config } from '../config/table/table.ts';
import { learningRateAt } from '../optimizer/schedule.ts';
import { stepsFor } from './microBatches.ts';

/** How long a run is: so many steps or, by the clock, so many seconds of training. */
export type RunLength = { readonly steps: number } | { readonly seconds: number };

/** What of a text turns tokens and epochs into steps. */
export interface TextCounts {
  readonly train: { readonly sequences: number; readonly stepsPerEpoch: number };
  readonly statistics: { readonly trainTokens: number };
}

/** The length of a config's run on this text. Tokens and epochs become the steps that take as many, or a part of a step more. */
export function runLength(
  { train, data }: Pick<Config, 'train' | 'data'>,
  { train: batches, statistics }: TextCounts,
): RunLength {
  const { steps, tokens, epochs, minutes, batchSize } = train;
  if (minutes !== 'none') return { seconds: 60 * minutes };
  if (epochs !== 'none') return { steps: stepsFor(train, epochs * batches.stepsPerEpoch) };
  if (tokens === 'none') return { steps: Number(steps) };
  const { stepsPerEpoch, sequences } = batches;
  const tokensABatch = data.packing
    ? batchSize * data.sequenceLength
    : (statistics.trainTokens + 2 * sequences) / stepsPerEpoch; // with [CLS] and [SEP], as the speed counts them
  return { steps: stepsFor(train, tokens / tokensABatch) };
}

/** Whether so many steps, made in so many seconds, are all of it. */
export const isOver = (length: RunLength, step: number, seconds: number): boolean =>
  'steps' in length ? step >= length.steps : seconds >= length.seconds;

/** How much of it so many steps are, made in so many seconds: from 0 to 1. */
export const shareDone = (length: RunLength, step: number, seconds: number): number =>
  Math.min(1, 'steps' in length ? step / length.steps : seconds / length.seconds);

/** A run by the clock goes through its schedule in so many parts, as others do step by step. */
const PARTS = 1e6;

/** Gives the learning rate of a step, from 1 on, that begins after so many seconds of training. */
export function rates(config: Pick<Config, 'train'>, length: RunLength): (step: number, seconds: number) => number {
  if ('steps' in length) {
    const schedule = scheduleOptions(config, length.steps);
    return (step) => learningRateAt(schedule, step);
  }
  const schedule = scheduleOptions(config, PARTS);
  return (_, seconds) =>
    learningRateAt(schedule, Math.min(PARTS, Math.max(1, Math.ceil((PARTS * seconds) / length.seconds))));
}

/** Throws a BertrandError if a run has more steps already than it is to have. */
export function expectStepsLeft(length: RunLength, made: number, path: string): void {
  if ('steps' in length && length.steps < made)
    throw new BertrandError(`${path}: the run is at step ${made}, the config ends at ${length.steps}`, {
      advice: 'make it longer, or start a new run with another --out',
    });
}
