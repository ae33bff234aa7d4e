import { decaySteps, stretches, warmupSteps } from '../optimizer/schedule.ts';
import type { CrossCheck } from './crossCheck.ts';
import { lengthKeys } from './lengthKeys.ts';
import { scheduleOptions } from './scheduleOptions.ts';
import type { Config } from './table/table.ts';

type Check = CrossCheck<Config>;

const byClock = ({ train }: Config): boolean => train.minutes !== 'none';
const BY_CLOCK = 'as train.minutes leaves open how many steps there are';

/** The rules on the length of a run, and on what is a part of it. */
export const lengthChecks: readonly Check[] = [
  {
    keys: ['train.steps', 'train.tokens', 'train.epochs', 'train.minutes'],
    broken: ({ train }) => {
      const [, ...others] = lengthKeys;
      const other = others.filter((key) => train[key] !== 'none');
      if (other.length + Number(train.steps !== 'none') === 1) return false;
      if (other.length === 0)
        return { expected: 'a length', advice: 'write a number, or give train.tokens, train.epochs or train.minutes' };
      const also = other.map((key) => `train.${key} is ${train[key]}`).join(' and ');
      return {
        expected: `one length, and ${also}`,
        advice: 'keep one of train.steps, train.tokens, train.epochs and train.minutes',
      };
    },
  },
  {
    keys: ['train.schedule.restarts', 'train.steps'],
    broken: ({ train: { steps, schedule } }) =>
      steps === 'none'
        ? schedule.restarts.length > 0 && {
            expected: 'none, as train.steps is none: they are steps',
            advice: 'remove them, or give the length as train.steps',
          }
        : schedule.restarts.some((step, i) => step >= (schedule.restarts[i + 1] ?? steps)) && {
            expected: `rising steps below train.steps, which is ${steps}`,
            advice: 'order them, or remove those that are no use',
          },
  },
  {
    keys: ['train.schedule.warmup', 'train.schedule.restarts', 'train.steps'],
    broken: ({ train }) => {
      if (train.steps === 'none') return false;
      const least = Math.min(...stretches(scheduleOptions({ train })).map(({ schedule }) => schedule.steps));
      return (
        train.schedule.warmup >= 1 &&
        train.schedule.warmup > least && {
          expected:
            least === train.steps
              ? `at most train.steps, which is ${least}`
              : `at most ${least}, the steps between two of train.schedule.restarts`,
          advice: 'lower it, or write it as a share of the steps, such as 0.06',
        }
      );
    },
  },
  {
    keys: ['train.schedule.warmup', 'train.minutes'],
    broken: (config) =>
      byClock(config) &&
      config.train.schedule.warmup >= 1 && {
        expected: `a share below 1, ${BY_CLOCK}`,
        advice: 'write it as a share, such as 0.06',
      },
  },
  {
    keys: ['train.schedule.warmup', 'train.minutes', 'train.schedule.name'],
    broken: (config) =>
      byClock(config) &&
      config.train.schedule.name === 'inverse-square-root' &&
      config.train.schedule.warmup === 0 && {
        expected: 'a share above 0, from whose end on inverse-square-root falls by the clock',
        advice: 'write one, such as 0.06',
      },
  },
  {
    keys: ['train.schedule.decay', 'train.minutes', 'train.schedule.name'],
    broken: (config) =>
      byClock(config) &&
      config.train.schedule.name === 'wsd' &&
      config.train.schedule.decay >= 1 && {
        expected: `a share below 1, ${BY_CLOCK}`,
        advice: 'write it as a share, such as 0.1',
      },
  },
  {
    keys: ['train.schedule.decay', 'train.schedule.warmup', 'train.schedule.name', 'train.steps'],
    broken: ({ train }) => {
      if (train.schedule.name !== 'wsd' || train.steps === 'none') return false;
      const too = stretches(scheduleOptions({ train })).find(
        ({ schedule }) => warmupSteps(schedule) + decaySteps(schedule) > schedule.steps,
      );
      return (
        too && {
          expected: `at most ${too.schedule.steps - warmupSteps(too.schedule)}, the steps behind warm-up`,
          advice: 'lower it, or train.schedule.warmup',
        }
      );
    },
  },
  {
    keys: ['train.batchWarmup', 'train.accumulate'],
    broken: ({ train: { batchWarmup, accumulate } }) =>
      batchWarmup > 0 &&
      accumulate === 1 && {
        expected: '0, as train.accumulate is 1, so that there is nothing to grow',
        advice: 'remove it, or raise train.accumulate',
      },
  },
  {
    keys: ['train.batchWarmup', 'train.steps'],
    broken: ({ train: { batchWarmup, steps } }) =>
      steps !== 'none' &&
      batchWarmup > steps && { expected: `at most train.steps, which is ${steps}`, advice: 'lower it' },
  },
];
