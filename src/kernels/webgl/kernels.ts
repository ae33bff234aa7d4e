import type { Kernels } from '../contract.ts';
import { activationKernels } from './kernels/activations.ts';
import { adamwKernels } from './kernels/adamw.ts';
import { columnKernels } from './kernels/columns.ts';
import { crossEntropyKernels } from './kernels/crossEntropy.ts';
import { dropoutKernels } from './kernels/dropout.ts';
import { elementwiseKernels } from './kernels/elementwise.ts';
import type { Engine, WebGlHandles } from './engine/engine.ts';
import { gatherKernels } from './kernels/gather.ts';
import { gegluKernels } from './kernels/geglu.ts';
import { geluKernels } from './kernels/gelu.ts';
import { layerNormKernels } from './kernels/layerNorm.ts';
import { lionKernels } from './kernels/lion.ts';
import { matmulKernels } from './kernels/matmul/matmul.ts';
import { muonKernels } from './kernels/muon.ts';
import { reduceKernels } from './kernels/reduce.ts';
import { rotateKernels } from './kernels/rotate.ts';
import { rowKernels } from './kernels/rows.ts';
import { softmaxKernels } from './kernels/softmax.ts';
import { transposeKernels } from './kernels/transpose.ts';

/** Every kernel of the contract on gpu.js. Each releases its workspace when it is done. */
export function webGlKernels(engine: Engine): Kernels<WebGlHandles> {
  const rows = rowKernels(engine);
  const gelu = geluKernels(engine);
  const kernels: Kernels<WebGlHandles> = {
    ...matmulKernels(engine),
    ...elementwiseKernels(engine),
    ...activationKernels(engine),
    ...reduceKernels(engine),
    ...columnKernels(engine),
    ...gelu,
    ...gegluKernels(engine, gelu),
    ...rotateKernels(engine),
    ...transposeKernels(engine),
    ...dropoutKernels(engine),
    ...softmaxKernels(engine, rows),
    ...layerNormKernels(engine),
    ...gatherKernels(engine),
    ...crossEntropyKernels(engine, rows),
    ...adamwKernels(engine),
    ...lionKernels(engine),
    ...muonKernels(engine),
  };
  type Kernel = (inputs: object, parameters: object, outputs: object) => void;
  const finishing =
    (kernel: Kernel): Kernel =>
    (inputs, parameters, outputs) => {
      try {
        kernel(inputs, parameters, outputs);
      } finally {
        engine.finish();
      }
    };
  return Object.fromEntries(
    Object.entries(kernels as unknown as Record<string, Kernel>).map(([name, kernel]) => [name, finishing(kernel)]),
  ) as unknown as Kernels<WebGlHandles>;
}
