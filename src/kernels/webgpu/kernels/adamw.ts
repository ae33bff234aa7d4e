import { adamwNumbers, adamwRatioNumbers } from '../../adamwNumbers.ts';
import type { Kernels } from '../../contract.ts';
import type { GpuHandles } from '../engine/buffers.ts';
import { CLIP } from './wgsl/clip.ts';
import { eachVector } from './wgsl/eachVector.ts';
import { INVERSE_SCALE, unlessSkipped } from './wgsl/scaled.ts';
import type { Queue } from '../engine/queue.ts';
import type { Scalar } from '../engine/shader.ts';

const parameters = {
  decayed: 'u32',
  clipNorm: 'f32',
  rate1: 'f32',
  rate2: 'f32',
  stepSize: 'f32',
  inverseCorrection: 'f32',
  epsilon: 'f32',
  decay: 'f32',
} as const satisfies Record<string, Scalar>;

const SCALED = ` * ${INVERSE_SCALE}`;
type Single = 'adamw' | 'adamwRatio' | 'adamwStable';

/** AdamW over a whole arena of parameters in one dispatch. */
export function adamwKernels(queue: Queue): Pick<Kernels<GpuHandles>, Single | `${Single}Scaled`> {
  const arrays = {
    inputs: { gradients: 'vec4f', squaredNorm: 'f32' },
    outputs: { weights: 'vec4f', firstMoment: 'vec4f', secondMoment: 'vec4f' },
  } as const;
  const update = (scale = '', share = ''): string => `
      ${CLIP}
      let gradient = gradients[i]${scale} * clip;
      let first = firstMoment[i] + p.rate1 * (gradient - firstMoment[i]);
      let second = secondMoment[i] + p.rate2 * (gradient * gradient - secondMoment[i]);
      let decay = select(vec4f(), p.decay${share} * weights[i], 4u * i + vec4u(0u, 1u, 2u, 3u) < vec4u(p.decayed));
      let step = p.stepSize${share} * first / (sqrt(second * p.inverseCorrection) + p.epsilon);
      store_firstMoment(i, first);
      store_secondMoment(i, second);
      store_weights(i, weights[i] - decay - step);`;
  const adamw = eachVector(queue, { label: 'adamw', ...arrays, parameters, main: update() });
  const scaled = eachVector(queue, {
    label: 'adamwScaled',
    inputs: { ...arrays.inputs, inverseScale: 'f32' },
    outputs: arrays.outputs,
    parameters,
    main: unlessSkipped(update(SCALED)),
  });
  const stableArrays = { inputs: { ...arrays.inputs, squaredRatio: 'f32' }, outputs: arrays.outputs } as const;
  const stableUpdate = (scale?: string): string =>
    `let share = 1.0 / max(1.0, sqrt(squaredRatio[0] / p.count));${update(scale, ' * share')}`;
  const stable = eachVector(queue, {
    label: 'adamwStable',
    ...stableArrays,
    parameters: { ...parameters, count: 'f32' },
    main: stableUpdate(),
  });
  const stableScaled = eachVector(queue, {
    label: 'adamwStableScaled',
    inputs: { ...stableArrays.inputs, inverseScale: 'f32' },
    outputs: arrays.outputs,
    parameters: { ...parameters, count: 'f32' },
    main: unlessSkipped(stableUpdate(SCALED)),
  });
  const ratioArrays = {
    inputs: { gradients: 'vec4f', secondMoment: 'vec4f', squaredNorm: 'f32' },
    outputs: { ratio: 'vec4f' },
    parameters: { clipNorm: 'f32', rate2: 'f32', inverseCorrection: 'f32', epsilon: 'f32' },
  } as const;
  const ratioOf = (scale = ''): string => `${CLIP}
      let gradient = gradients[i]${scale} * clip;
      let second = secondMoment[i] + p.rate2 * (gradient * gradient - secondMoment[i]);
      store_ratio(i, gradient / max(vec4f(p.epsilon), sqrt(second * p.inverseCorrection)));`;
  const ratio = eachVector(queue, { label: 'adamwRatio', ...ratioArrays, main: ratioOf() });
  const ratioScaled = eachVector(queue, {
    ...ratioArrays,
    label: 'adamwRatioScaled',
    inputs: { ...ratioArrays.inputs, inverseScale: 'f32' },
    main: ratioOf(SCALED),
  });
  return {
    adamwRatio: (inputs, p, outputs) => ratio({ ...inputs, ...outputs }, p.size, adamwRatioNumbers(p)),
    adamwRatioScaled: (inputs, p, outputs) => ratioScaled({ ...inputs, ...outputs }, p.size, adamwRatioNumbers(p)),
    adamwStable: (arrays, p) => stable(arrays, p.size, { ...adamwNumbers(p), count: p.count }),
    adamwStableScaled: (arrays, p) => stableScaled(arrays, p.size, { ...adamwNumbers(p), count: p.count }),
    adamw: (arrays, p) => adamw(arrays, p.size, adamwNumbers(p)),
    adamwScaled: (arrays, p) => scaled(arrays, p.size, adamwNumbers(p)),
  };
}
