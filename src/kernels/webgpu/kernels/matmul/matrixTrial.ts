import { BertrandError } from '../../../../error.ts';
import type { GpuArray } from '../../engine/buffers.ts';
import { Failure } from '../../engine/failure.ts';
import { matmulKernels } from './matmul.ts';
import { Queue } from '../../engine/queue.ts';
import type { Matrices } from './subgroupMatrix.ts';
import { eighths, parametersOf, trialProducts } from './trialProducts.ts';
import { Tuner } from '../../engine/tuner/tuner.ts';

/**
 * Whether matrix units give exactly the same results as plain products. They are new to WebGPU and experimental in Dawn, so each driver
 * is tested before they are used.
 */
export async function matricesAgree(device: GPUDevice, matrices: Matrices): Promise<boolean> {
  const failure = new Failure(device);
  const queue = new Queue(device, failure);
  const used: GpuArray[] = [];
  const allocate = (type: 'f16' | 'f32', size: number): GpuArray => {
    const array = queue.allocate(type, 4 * Math.ceil(size / 4));
    used.push(array);
    return array;
  };
  try {
    const plain = matmulKernels(queue, new Tuner(queue.trials));
    const fast = matrices.tiles.map((tile) =>
      matmulKernels(queue, new Tuner(queue.trials), { ...matrices, tiles: [tile] }),
    );
    for (const shape of trialProducts) {
      const { m, n, k } = shape;
      const [a, b] = [allocate('f16', m * k), allocate(shape.transposeA ? 'f16' : 'f32', k * n)];
      queue.write(a, eighths(m * k, 7));
      queue.write(b, eighths(k * n, 11));
      const results: (Float32Array | Int32Array)[] = [];
      for (const { matmul } of [plain, ...fast]) {
        const c = allocate('f32', m * n);
        matmul({ a, b }, parametersOf(shape), { c });
        results.push(await queue.read(c, m * n));
      }
      const [expected, ...found] = results;
      if (found.some((values) => values.some((value, i) => value !== expected[i]))) return false;
    }
    return true;
  } catch (error) {
    if (error instanceof BertrandError) return false; // they fail to compile or to run
    throw error;
  } finally {
    for (const { storage } of used) storage.buffer.destroy();
  }
}
