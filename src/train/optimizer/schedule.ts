type Decay = 'linear' | 'cosine' | 'constant' | 'inverse-square-root' | 'wsd';
type DecayShape = 'linear' | 'cosine' | 'one-minus-sqrt';

/** How the learning rate changes over a run. */
export interface Schedule {
  readonly name: Decay;
  /** The full rate. */
  readonly learningRate: number;
  /** Steps of the whole run. */
  readonly steps: number;
  /** Linear warm-up: a share of all steps below 1, a number of steps from 1 on. */
  readonly warmup: number;
  /** The share of the full rate that is left at the last step; linear, cosine and wsd use it. */
  readonly final: number;
  /** How long the last part of wsd is, in which the rate falls: a share of all steps below 1, a number of steps from 1 on. */
  readonly decay?: number;
  /** How it falls there. */
  readonly decayShape?: DecayShape;
  /** Steps, rising, after which it begins again, as over a run of its own up to the next of them or to the last step. */
  readonly restarts: readonly number[];
}

/** The stretches that restarts cut a schedule into, one at least: each follows the step `begin`, and has a schedule without restarts. */
export function stretches(schedule: Schedule): { readonly begin: number; readonly schedule: Schedule }[] {
  const ends = [...schedule.restarts, schedule.steps];
  return ends.map((end, i) => {
    const begin = i === 0 ? 0 : ends[i - 1];
    return { begin, schedule: { ...schedule, restarts: [], steps: end - begin } };
  });
}

/** The number of steps of linear warm-up. */
export function warmupSteps({ steps, warmup }: Pick<Schedule, 'steps' | 'warmup'>): number {
  return warmup < 1 ? Math.round(warmup * steps) : warmup;
}

/** The number of steps in which the rate of wsd falls. */
export const decaySteps = ({ steps, decay = 0.1 }: Pick<Schedule, 'steps' | 'decay'>): number =>
  decay < 1 ? Math.round(decay * steps) : decay;

/**
 * The learning rate of `step`, which counts from 1 to `schedule.steps`: it rises by equal parts to the full rate at the
 * last step of warm-up (step 1 without one), and from there follows the schedule, reaching `final` at the last step; and so
 * again after each restart (warm restarts, Loshchilov and Hutter 2017).
 */
export function learningRateAt(schedule: Schedule, step: number): number {
  const all = stretches(schedule);
  const within = all.findLast(({ begin }) => begin < step) ?? all[0];
  return rateWithin(within.schedule, step - within.begin);
}

function rateWithin(schedule: Schedule, step: number): number {
  const { name, learningRate, steps, final } = schedule;
  const warmup = warmupSteps(schedule);
  if (step <= warmup) return (learningRate * step) / warmup;
  if (name === 'wsd') return learningRate * remainingOfWsd(schedule, step);
  const start = Math.max(warmup, 1);
  const progress = steps > start ? (step - start) / (steps - start) : 0;
  return learningRate * remaining[name](progress, final, step / start);
}

/** The share of the full rate, by progress from 0 to 1 since warm-up and by the ratio of the step to warm-up's last. */
const remaining: Record<Exclude<Decay, 'wsd'>, (progress: number, final: number, ratio: number) => number> = {
  linear: (progress, final) => final + (1 - final) * shapes.linear(progress),
  cosine: (progress, final) => final + (1 - final) * shapes.cosine(progress),
  constant: () => 1,
  'inverse-square-root': (_progress, _final, ratio) => 1 / Math.sqrt(ratio), // Vaswani et al. 2017
};

/** Warm-up, stable, decay (Hu et al. 2024): full until the decay begins, so that how long it is does not matter until then. */
function remainingOfWsd(schedule: Schedule, step: number): number {
  const { steps, final, decayShape = 'one-minus-sqrt' } = schedule;
  const decay = decaySteps(schedule);
  const left = steps - step;
  return left >= decay ? 1 : final + (1 - final) * shapes[decayShape](1 - left / decay);
}

/** From 1 to 0, by progress. */
const shapes: Record<DecayShape, (progress: number) => number> = {
  linear: (progress) => 1 - progress,
  cosine: (progress) => (1 + Math.cos(Math.PI * progress)) / 2, // Loshchilov and Hutter 2017
  'one-minus-sqrt': (progress) => 1 - Math.sqrt(progress), // Hägele et al. 2024
};
