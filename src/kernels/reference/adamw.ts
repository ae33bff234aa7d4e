import { clipFactor } from './clipFactor.ts';
import type { ReferenceKernel } from './types.ts';

/**
 * One in-place step of AdamW (Loshchilov and Hutter 2019), with gradients first scaled to a global norm of at most clipNorm
 * (0: no clipping). Weight decay applies only to the first `decayed` weights. correction1 and correction2 are 1 - beta^step.
 */
export const adamw: ReferenceKernel<'adamw'> = ({ weights, gradients, firstMoment, secondMoment, squaredNorm }, p) => {
  const clip = clipFactor(squaredNorm, p.clipNorm);
  for (let i = 0; i < p.size; i++) {
    const gradient = gradients[i] * clip;
    firstMoment[i] += (1 - p.beta1) * (gradient - firstMoment[i]);
    secondMoment[i] += (1 - p.beta2) * (gradient * gradient - secondMoment[i]);
    const decay = i < p.decayed ? p.learningRate * p.weightDecay * weights[i] : 0;
    const direction = firstMoment[i] / p.correction1 / (Math.sqrt(secondMoment[i] / p.correction2) + p.epsilon);
    weights[i] -= decay + p.learningRate * direction;
  }
};
