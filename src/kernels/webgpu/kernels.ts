import type { Kernels } from '../contract.ts';
import { activationKernels } from './kernels/activations.ts';
import { adamwKernels } from './kernels/adamw.ts';
import { attentionKernels } from './kernels/attention/attention.ts';
import type { GpuHandles } from './engine/buffers.ts';
import { columnKernels } from './kernels/columns.ts';
import { crossEntropyKernels } from './kernels/crossEntropy.ts';
import { dropoutKernels } from './kernels/dropout.ts';
import { elementwise } from './kernels/elementwise.ts';
import { gatherKernels } from './kernels/gather.ts';
import { gegluKernels } from './kernels/geglu.ts';
import { geluKernels } from './kernels/gelu.ts';
import { layerNormKernels } from './kernels/layerNorm/layerNorm.ts';
import { lionKernels } from './kernels/lion.ts';
import { lossScaleKernels } from './kernels/lossScale.ts';
import { matmulKernels } from './kernels/matmul/matmul.ts';
import { muonKernels } from './kernels/muon.ts';
import type { Queue } from './engine/queue.ts';
import { reduceKernels } from './kernels/reduce.ts';
import { rotateKernels } from './kernels/rotate.ts';
import { softmaxKernels } from './kernels/softmax.ts';
import { transposeKernels } from './kernels/transpose.ts';
import type { Traits } from './engine/traits.ts';
import type { MatrixUnit } from './kernels/matmul/matrixTile.ts';
import type { Matrices } from './kernels/matmul/subgroupMatrix.ts';
import type { Tuner } from './engine/tuner/tuner.ts';

/**
 * Declares every shader on the queue, and returns the kernels that dispatch them.
 * @param matrices for products
 * @param attentionUnit matrix units for attention
 */
export function gpuKernels(
  queue: Queue,
  traits: Traits,
  tuner: Tuner,
  matrices?: Matrices,
  attentionUnit?: MatrixUnit,
): Kernels<GpuHandles> {
  const columns = columnKernels(queue);
  return {
    ...matmulKernels(queue, tuner, matrices),
    ...elementwise(queue),
    ...activationKernels(queue),
    ...geluKernels(queue),
    ...gegluKernels(queue),
    ...rotateKernels(queue),
    ...transposeKernels(queue),
    ...dropoutKernels(queue),
    ...softmaxKernels(queue, traits),
    ...layerNormKernels(queue, traits, columns),
    ...columns.kernels,
    ...reduceKernels(queue, traits),
    ...gatherKernels(queue),
    ...crossEntropyKernels(queue, traits),
    ...adamwKernels(queue),
    ...lionKernels(queue),
    ...muonKernels(queue, traits),
    ...lossScaleKernels(queue),
    ...attentionKernels(queue, traits, tuner, attentionUnit),
  };
}
