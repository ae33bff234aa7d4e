import type { KernelParameters, Kernels } from '../../contract.ts';
import type { GpuHandles } from '../engine/buffers.ts';
import type { Queue } from '../engine/queue.ts';
import { CLIP } from './wgsl/clip.ts';
import { eachVector } from './wgsl/eachVector.ts';
import { INVERSE_SCALE, unlessSkipped } from './wgsl/scaled.ts';

/** Lion over a whole arena of parameters in one dispatch. */
export function lionKernels(queue: Queue): Pick<Kernels<GpuHandles>, 'lion' | 'lionScaled'> {
  const inputs = { gradients: 'vec4f', squaredNorm: 'f32' } as const;
  const shared = {
    outputs: { weights: 'vec4f', momentum: 'vec4f' },
    parameters: { decayed: 'u32', learningRate: 'f32', beta1: 'f32', beta2: 'f32', decay: 'f32', clipNorm: 'f32' },
  } as const;
  const update = (scale = ''): string => `${CLIP}
      let gradient = gradients[i]${scale} * clip;
      let difference = momentum[i] - gradient;
      let decay = select(vec4f(), p.decay * weights[i], 4u * i + vec4u(0u, 1u, 2u, 3u) < vec4u(p.decayed));
      store_weights(i, weights[i] - decay - p.learningRate * sign(gradient + p.beta1 * difference));
      store_momentum(i, gradient + p.beta2 * difference);`;
  const lion = eachVector(queue, { label: 'lion', inputs, ...shared, main: update() });
  const scaled = eachVector(queue, {
    label: 'lionScaled',
    inputs: { ...inputs, inverseScale: 'f32' },
    ...shared,
    main: unlessSkipped(update(` * ${INVERSE_SCALE}`)),
  });
  const numbers = ({ decayed, learningRate, beta1, beta2, weightDecay, clipNorm }: KernelParameters<'lion'>) => ({
    decayed,
    learningRate,
    beta1,
    beta2,
    decay: learningRate * weightDecay,
    clipNorm,
  });
  return {
    lion: (arrays, p) => lion(arrays, p.size, numbers(p)),
    lionScaled: (arrays, p) => scaled(arrays, p.size, numbers(p)),
  };
}
