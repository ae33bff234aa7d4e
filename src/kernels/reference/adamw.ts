import { clipFactor } from './clipFactor.ts';
import type { ReferenceKernel } from './types.ts';

type Arrays = Parameters<ReferenceKernel<'adamw'>>[0];
type Numbers = Parameters<ReferenceKernel<'adamw'>>[1];

/**
 * One in-place step of AdamW (Loshchilov and Hutter 2019), with gradients first scaled to a global norm of at most clipNorm
 * (0: no clipping). Weight decay applies only to the first `decayed` weights. correction1 and correction2 are 1 - beta^step.
 */
export const adamw: ReferenceKernel<'adamw'> = (arrays, p) => update(arrays, p, p.learningRate);

/** The same at learningRate / max(1, sqrt(squaredRatio / count)): StableAdamW (Wortsman et al. 2023, algorithm 2). */
export const adamwStable: ReferenceKernel<'adamwStable'> = ({ squaredRatio, ...arrays }, p) =>
  update(arrays, p, p.learningRate / Math.max(1, Math.sqrt(squaredRatio[0] / p.count)));

function update(
  { weights, gradients, firstMoment, secondMoment, squaredNorm }: Arrays,
  p: Numbers,
  rate: number,
): void {
  const clip = clipFactor(squaredNorm, p.clipNorm);
  for (let i = 0; i < p.size; i++) {
    const gradient = gradients[i] * clip;
    firstMoment[i] += (1 - p.beta1) * (gradient - firstMoment[i]);
    secondMoment[i] += (1 - p.beta2) * (gradient * gradient - secondMoment[i]);
    const decay = i < p.decayed ? rate * p.weightDecay * weights[i] : 0;
    const direction = firstMoment[i] / p.correction1 / (Math.sqrt(secondMoment[i] / p.correction2) + p.epsilon);
    weights[i] -= decay + rate * direction;
  }
}

/**
 * How large each gradient, clipped as in `adamw`, is beside the root of the second moment that `adamw` is about to make: the root of
 * their mean square is 1 where the moment is up to date, and more where it lags behind.
 */
export const adamwRatio: ReferenceKernel<'adamwRatio'> = (
  { gradients, secondMoment, squaredNorm },
  { size, beta2, correction2, epsilon, clipNorm },
  { ratio },
) => {
  const clip = clipFactor(squaredNorm, clipNorm);
  for (let i = 0; i < size; i++) {
    const gradient = gradients[i] * clip;
    const moment = secondMoment[i] + (1 - beta2) * (gradient * gradient - secondMoment[i]);
    ratio[i] = gradient / Math.max(epsilon, Math.sqrt(moment / correction2));
  }
};
