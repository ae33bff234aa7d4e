import type { Device } from '../../../kernels/device.ts';
import { scheduleOptions } from '../../config/scheduleOptions.ts';
import type { Config } from '../../config/table/table.ts';
import { isOver, rates, runLength } from '../../length/runLength.ts';
import type { TextCounts } from '../../length/runLength.ts';
import { decaySteps, stretches, warmupSteps } from '../../optimizer/schedule.ts';
import type { Schedule } from '../../optimizer/schedule.ts';
import type { TrainingState } from '../checkpoint/checkpoint.ts';

/**
 * What a person should know before a run goes on: a line each.
 * @param text the run's; nothing is said of the schedule without it
 */
export function resumeNotices(
  before: Config | undefined,
  config: Config,
  state: TrainingState | undefined,
  device: Device,
  ranks = 1,
  text?: TextCounts,
): string[] {
  if (!before || !state) return [];
  const schedule = text ? otherSchedule(before, config, state, text) : [];
  return [...otherDevice(state, device), ...otherRanks(state, ranks), ...schedule];
}

function otherRanks({ ranks: was = 1 }: TrainingState, now: number): string[] {
  if (was === now) return [];
  const shown = (count: number): string => `${count} ${count === 1 ? 'rank' : 'ranks'}`;
  return [`ranks   until now ${shown(was)}, from now on ${shown(now)}: the last bits of its numbers will differ`];
}

function otherDevice({ device: was }: TrainingState, { name, arithmetic }: Device): string[] {
  if (!was || (was.name === name && was.arithmetic === arithmetic)) return [];
  return [
    `device  until now ${was.name} (${was.arithmetic}), from now on ${name} (${arithmetic}): the last bits of its numbers will differ`,
  ];
}

/** Where the learning rate of the next step is not the one that was to come. */
function otherSchedule(
  before: Config,
  config: Config,
  { step, seconds = 0 }: TrainingState,
  text: TextCounts,
): string[] {
  const [was, is] = [runLength(before, text), runLength(config, text)];
  if (isOver(is, step, seconds)) return [];
  const [old, now] = [rates(before, was), rates(config, is)];
  const [rate, next] = [old(step, seconds), now(step + 1, seconds)];
  const over = isOver(was, step, seconds);
  if (next === (over ? rate : old(step + 1, seconds))) return [];
  const [oldEnd, newEnd] = [was, is].map((length) =>
    'steps' in length ? `${length.steps}` : `${length.seconds / 60} minutes`,
  );
  return [
    `learning rate: was ${shown(rate)} at step ${step} of ${oldEnd}, goes on with ${shown(next)} at step ${step + 1} of ${newEnd}` +
      ('steps' in was && 'steps' in is
        ? advice(scheduleOptions(before, was.steps), scheduleOptions(config, is.steps), step)
        : ''),
  ];
}

/** What a jump at a step means, and how to go on without one. */
function advice(old: Schedule, now: Schedule, step: number): string {
  const stretch = stretches(now).findLast(({ begin }) => begin <= step) ?? stretches(now)[0];
  const warm = stretch.begin + warmupSteps(stretch.schedule);
  const warming = warm > step ? `, warm-up is until step ${warm}` : '';
  const decay = old.steps - decaySteps(old);
  if (old.name === 'wsd' && step > decay)
    return `${warming}; its decay began after step ${decay}: to go on without a leap, go on from a step up to that: --resume STEP, or bertrand resume RUN STEP`;
  const again = step >= old.steps && stretch.begin !== step;
  return `${warming}${again ? `; for a schedule of its own add --set train.schedule.restarts=[${[...now.restarts, step].join()}]` : ''}`;
}

const shown = (rate: number): string => (rate === 0 ? '0' : rate.toExponential(2));
