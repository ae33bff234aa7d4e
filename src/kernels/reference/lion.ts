import { clipFactor } from './clipFactor.ts';
import type { ReferenceKernel } from './types.ts';

/**
 * One in-place step of Lion (Chen et al. 2023, algorithm 2), with gradients clipped as in `adamw`. Weight decay applies only to the first
 * `decayed` weights.
 */
export const lion: ReferenceKernel<'lion'> = ({ weights, gradients, momentum, squaredNorm }, p) => {
  const clip = clipFactor(squaredNorm, p.clipNorm);
  for (let i = 0; i < p.size; i++) {
    const gradient = gradients[i] * clip;
    const direction = Math.sign(gradient + p.beta1 * (momentum[i] - gradient));
    const decay = i < p.decayed ? p.weightDecay * weights[i] : 0;
    weights[i] -= p.learningRate * (direction + decay);
    momentum[i] = gradient + p.beta2 * (momentum[i] - gradient);
  }
};
