import type { Kernels } from '../../contract.ts';
import type { GpuHandles } from '../engine/buffers.ts';
import type { Queue } from '../engine/queue.ts';
import { CLIP } from './wgsl/clip.ts';
import { eachVector } from './wgsl/eachVector.ts';

/** Lion over a whole arena of parameters in one dispatch. */
export function lionKernels(queue: Queue): Pick<Kernels<GpuHandles>, 'lion'> {
  const lion = eachVector(queue, {
    label: 'lion',
    inputs: { gradients: 'vec4f', squaredNorm: 'f32' },
    outputs: { weights: 'vec4f', momentum: 'vec4f' },
    parameters: { decayed: 'u32', learningRate: 'f32', beta1: 'f32', beta2: 'f32', decay: 'f32', clipNorm: 'f32' },
    main: `${CLIP}
      let gradient = gradients[i] * clip;
      let difference = momentum[i] - gradient;
      let decay = select(vec4f(), p.decay * weights[i], 4u * i + vec4u(0u, 1u, 2u, 3u) < vec4u(p.decayed));
      store_weights(i, weights[i] - decay - p.learningRate * sign(gradient + p.beta1 * difference));
      store_momentum(i, gradient + p.beta2 * difference);`,
  });
  return {
    lion: (arrays, { size, decayed, learningRate, beta1, beta2, weightDecay, clipNorm }) =>
      lion(arrays, size, { decayed, learningRate, beta1, beta2, decay: learningRate * weightDecay, clipNorm }),
  };
}
