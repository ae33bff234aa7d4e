import type { Schedule } from '../optimizer/schedule.ts';
import type { Config } from './table/table.ts';

/** The learning rate's schedule as the config describes it. */
export function scheduleOptions({ train: { steps, schedule, optimizer } }: Pick<Config, 'train'>): Schedule {
  return { ...schedule, steps, learningRate: optimizer.learningRate };
}
