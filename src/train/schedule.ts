import type { Config } from './config/table.ts';

type Decay = Config['train']['schedule']['name'];

/** Steps of linear warm-up: a share of all steps below 1, a number of steps from 1 on. */
export function warmupSteps({ train: { steps, schedule } }: Pick<Config, 'train'>): number {
  return schedule.warmup < 1 ? Math.round(schedule.warmup * steps) : schedule.warmup;
}

/**
 * The learning rate of `step`, which counts from 1 to `train.steps`: it rises by equal parts to the full rate at the last step of
 * warm-up (step 1 without one), and from there follows the schedule, reaching `final` at the last step.
 */
export function learningRateAt(config: Pick<Config, 'train'>, step: number): number {
  const { steps, schedule, optimizer } = config.train;
  const warmup = warmupSteps(config);
  if (step <= warmup) return (optimizer.learningRate * step) / warmup;
  const start = Math.max(warmup, 1);
  const progress = steps > start ? (step - start) / (steps - start) : 0;
  return optimizer.learningRate * remaining[schedule.name](progress, schedule.final, step / start);
}

/** The share of the full rate, by progress from 0 to 1 since warm-up and by the ratio of the step to warm-up's last. */
const remaining: Record<Decay, (progress: number, final: number, ratio: number) => number> = {
  linear: (progress, final) => final + (1 - final) * (1 - progress),
  cosine: (progress, final) => final + ((1 - final) * (1 + Math.cos(Math.PI * progress))) / 2, // Loshchilov and Hutter 2017
  constant: () => 1,
  'inverse-square-root': (_progress, _final, ratio) => 1 / Math.sqrt(ratio), // Vaswani et al. 2017
};
