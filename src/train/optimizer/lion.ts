import type { Rule } from './rule.ts';

/** The settings of Lion but its learning rate, which each step is given. */
export interface LionOptions {
  /** The share of the momentum in an update, and in the next momentum. */
  readonly betas: readonly [number, number];
  /** Applied to matrices, not to biases and norms. */
  readonly weightDecay: number;
  /** The gradients' greatest global norm; 0 for no clipping. */
  readonly clipNorm: number;
}

/** Lion (Chen et al. 2023, algorithm 2): the sign of a momentum, of which it keeps one where AdamW keeps two. */
export function lionRule({ betas: [beta1, beta2], weightDecay, clipNorm }: LionOptions): Rule {
  return {
    keeps: ['momentum'],
    elementwise: true,
    scaled: true,
    update({ weights, gradients, kept: { momentum }, decayed }, { device, learningRate, squaredNorm, inverseScale }) {
      const parameters = { size: weights.size, decayed, learningRate, beta1, beta2, weightDecay, clipNorm };
      const arrays = { weights, gradients, momentum, squaredNorm };
      if (inverseScale) device.launch('lionScaled', { ...arrays, inverseScale }, parameters);
      else device.launch('lion', arrays, parameters);
    },
  };
}
