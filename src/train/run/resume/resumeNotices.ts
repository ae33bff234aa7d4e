import type { Device } from '../../../kernels/device.ts';
import { scheduleOptions } from '../../config/scheduleOptions.ts';
import type { Config } from '../../config/table/table.ts';
import { learningRateAt, stretches, warmupSteps } from '../../optimizer/schedule.ts';
import type { TrainingState } from '../checkpoint/checkpoint.ts';

/** What a person should know before a run goes on: a line each. */
export function resumeNotices(
  before: Config | undefined,
  config: Config,
  state: TrainingState | undefined,
  device: Device,
  ranks = 1,
): string[] {
  if (!before || !state) return [];
  return [...otherDevice(state, device), ...otherRanks(state, ranks), ...otherSchedule(before, config, state.step)];
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

/** Told where the learning rate of the next step is not the one that was to come. */
function otherSchedule(before: Config, config: Config, step: number): string[] {
  const [old, now] = [scheduleOptions(before), scheduleOptions(config)];
  if (step >= now.steps) return [];
  const next = learningRateAt(now, step + 1);
  const rate = learningRateAt(old, step);
  const over = step >= old.steps;
  if (next === (over ? rate : learningRateAt(old, step + 1))) return [];
  const stretch = stretches(now).findLast(({ begin }) => begin <= step) ?? stretches(now)[0];
  const warm = stretch.begin + warmupSteps(stretch.schedule);
  const advice =
    over && stretch.begin !== step
      ? `; for a schedule of its own add --set train.schedule.restarts=[${[...now.restarts, step].join()}]`
      : '';
  return [
    `learning rate: was ${shown(rate)} at step ${step} of ${old.steps}, goes on with ${shown(next)} at step ${step + 1} of ${now.steps}` +
      `${warm > step ? `, warm-up is until step ${warm}` : ''}${advice}`,
  ];
}

const shown = (rate: number): string => (rate === 0 ? '0' : rate.toExponential(2));
