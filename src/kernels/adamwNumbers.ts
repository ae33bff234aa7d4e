import type { KernelParameters } from './contract.ts';

type RatioParameters = Omit<KernelParameters<'adamwRatio'>, 'size'>;

/** Of adamwRatio, what depends only on the step, which the host computes in float64. */
export const adamwRatioNumbers = ({ beta2, correction2, epsilon, clipNorm }: RatioParameters) => ({
  clipNorm,
  rate2: 1 - beta2,
  inverseCorrection: 1 / correction2,
  epsilon,
});

/** The same of adamw and its variants. */
export const adamwNumbers = (p: Omit<KernelParameters<'adamw'>, 'size'>) => ({
  ...adamwRatioNumbers(p),
  decayed: p.decayed,
  rate1: 1 - p.beta1,
  stepSize: p.learningRate / p.correction1,
  decay: p.learningRate * p.weightDecay,
});
