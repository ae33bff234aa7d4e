import { createDevice } from '../device.ts';
import type { Device } from '../device.ts';
import { exp, relu, reluBackward, tanh, tanhBackward } from './activations.ts';
import { adamw, adamwRatio, adamwStable } from './adamw.ts';
import { layerNormParameterGradients, sumRows } from './columns.ts';
import { crossEntropy, crossEntropyBackward } from './crossEntropy.ts';
import { dropout } from './dropout.ts';
import { accumulate, add, addBias, affine, broadcast, fill, mul, reciprocal } from './elementwise.ts';
import { gather, scatterSum } from './gather.ts';
import { geglu, gegluBackward } from './geglu.ts';
import { gelu, geluBackward } from './gelu.ts';
import { layerNorm, layerNormBackward } from './layerNorm.ts';
import { lion } from './lion.ts';
import { matmul } from './matmul.ts';
import { nesterov, normaliseRows } from './muon.ts';
import { argmax, sum, sumSquares } from './reduce.ts';
import { rotate } from './rotate.ts';
import { maskedSoftmax, softmax, softmaxBackward } from './softmax.ts';
import { transpose } from './transpose.ts';
import type { ReferenceHandles } from './types.ts';

/** The device that defines what every kernel computes: float64, in plain and slow loops. */
export function openReference(): Device {
  return createDevice<ReferenceHandles>({
    name: 'reference',
    description: 'float64 in plain JavaScript: exact and slow, for checks',
    elementBytes: 8,
    viewAlignment: 1,
    timer: 'call',
    kernels: {
      matmul,
      add,
      mul,
      affine,
      reciprocal,
      exp,
      tanh,
      tanhBackward,
      relu,
      reluBackward,
      transpose,
      fill,
      sum,
      broadcast,
      addBias,
      sumRows,
      gelu,
      geluBackward,
      geglu,
      gegluBackward,
      rotate,
      dropout,
      softmax,
      maskedSoftmax,
      softmaxBackward,
      layerNorm,
      layerNormBackward,
      layerNormParameterGradients,
      gather,
      scatterSum,
      crossEntropy,
      crossEntropyBackward,
      argmax,
      sumSquares,
      accumulate,
      normaliseRows,
      nesterov,
      lion,
      adamw,
      adamwRatio,
      adamwStable,
    },
    allocate: (type, size) => (type === 'f32' ? new Float64Array(size) : new Int32Array(size)) as never,
    release: () => {},
    view: (_, handle, offset, size) => handle.subarray(offset, offset + size) as never,
    write: (_, handle, data) => handle.set(data),
    read: (_, handle, size) => Promise.resolve(handle.slice(0, size)),
    close: () => Promise.resolve(),
  });
}
