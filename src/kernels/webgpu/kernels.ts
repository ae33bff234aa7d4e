import type { Kernels } from '../contract.ts';
import { adamwKernels } from './adamw.ts';
import { attentionKernels } from './attention.ts';
import type { GpuHandles } from './buffers.ts';
import { columnKernels } from './columns.ts';
import { crossEntropyKernels } from './crossEntropy.ts';
import { dropoutKernels } from './dropout.ts';
import { elementwise } from './elementwise.ts';
import { gatherKernels } from './gather.ts';
import { geluKernels } from './gelu.ts';
import { layerNormKernels } from './layerNorm.ts';
import { lossScaleKernels } from './lossScale.ts';
import { matmulKernels } from './matmul.ts';
import type { Queue } from './queue.ts';
import { reduceKernels } from './reduce.ts';
import { softmaxKernels } from './softmax.ts';
import type { Traits } from './traits.ts';
import type { Matrices } from './subgroupMatrix.ts';
import type { Tuner } from './tuner.ts';

/** Declares every shader on the queue; the kernels run them. */
export function gpuKernels(queue: Queue, traits: Traits, tuner: Tuner, matrices?: Matrices): Kernels<GpuHandles> {
  return {
    ...matmulKernels(queue, tuner, matrices),
    ...elementwise(queue),
    ...geluKernels(queue),
    ...dropoutKernels(queue),
    ...softmaxKernels(queue, traits),
    ...layerNormKernels(queue, traits),
    ...columnKernels(queue),
    ...reduceKernels(queue, traits),
    ...gatherKernels(queue),
    ...crossEntropyKernels(queue, traits),
    ...adamwKernels(queue),
    ...lossScaleKernels(queue),
    ...attentionKernels(queue, traits),
  };
}
