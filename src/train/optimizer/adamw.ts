import type { Parameters } from '../../autograd/parameters/parameters.ts';
import type { Device } from '../../kernels/device.ts';
import type { Communicator } from '../../ranks/communicator.ts';
import { Optimizer } from './optimizer.ts';
import { everywhere } from './rule.ts';
import type { Rule, StepContext, Stretch } from './rule.ts';

/** The settings of AdamW but its learning rate, which each step is given. */
export interface AdamWOptions {
  /** Decay rates of the first and the second moment. */
  readonly betas: readonly [number, number];
  /** Added to the second moment's root. */
  readonly epsilon: number;
  /** Applied to matrices, not to biases and norms. */
  readonly weightDecay: number;
  /** The gradients' greatest global norm; 0 for no clipping. */
  readonly clipNorm: number;
}

/** What the kernels of a step of AdamW take. */
export function adamwStep(
  { weights, gradients, kept: { firstMoment, secondMoment }, decayed }: Stretch,
  { learningRate, step, squaredNorm }: StepContext,
  { betas: [beta1, beta2], epsilon, weightDecay, clipNorm }: AdamWOptions,
) {
  const corrections = { correction1: 1 - beta1 ** step, correction2: 1 - beta2 ** step };
  const rates = { learningRate, beta1, beta2, epsilon, weightDecay, clipNorm };
  return {
    arrays: { weights, gradients, firstMoment, secondMoment, squaredNorm },
    parameters: { size: weights.size, decayed, ...rates, ...corrections },
  };
}

/**
 * AdamW (Loshchilov and Hutter 2019).
 * @param share of a step's learning rate that it takes
 */
export function adamwRule(options: AdamWOptions, share = 1): Rule {
  return {
    keeps: ['firstMoment', 'secondMoment'],
    elementwise: true,
    scaled: true,
    update(stretch, context) {
      const { device, learningRate, inverseScale } = context;
      const { arrays, parameters } = adamwStep(stretch, { ...context, learningRate: share * learningRate }, options);
      if (inverseScale) device.launch('adamwScaled', { ...arrays, inverseScale }, parameters);
      else device.launch('adamw', arrays, parameters);
    },
  };
}

/** AdamW (Loshchilov and Hutter 2019) with clipping by the gradients' global norm. */
export class AdamW extends Optimizer {
  /** @param sharers ranks of which each keeps the moments of a part */
  constructor(device: Device, parameters: Parameters, options: AdamWOptions, sharers?: Communicator) {
    super(device, parameters, everywhere(adamwRule(options)), sharers);
  }
}
