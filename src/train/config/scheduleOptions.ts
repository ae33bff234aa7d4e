import type { Schedule } from '../optimizer/schedule.ts';
import type { Config } from './table/table.ts';

/**
 * The learning rate's schedule as the config describes it.
 * @param steps of the whole run, where `train.steps` does not say
 */
export function scheduleOptions({ train }: Pick<Config, 'train'>, steps = Number(train.steps)): Schedule {
  return { ...train.schedule, steps, learningRate: train.optimizer.learningRate };
}
