import { BertrandError } from '../../../../error.ts';
import type { GpuArray } from '../../engine/buffers.ts';
import { Failure } from '../../engine/failure.ts';
import { matmulKernels } from './matmul.ts';
import { Queue } from '../../engine/queue.ts';
import type { Matrices } from './subgroupMatrix.ts';
import { eighths, parametersOf, trialProducts } from './trialProducts.ts';
import { Tuner } from '../../engine/tuner/tuner.ts';

/** Numbers with full mantissas, of which each sum rounds. As halves they keep 11 bits, and their products 22. */
const waves = (size: number, step: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => Math.sin(i * step + 1));

/**
 * Compares matrix units with plain products. They are new to WebGPU and experimental in Dawn, so each driver is tested before
 * they are used.
 * @returns undefined unless they give exactly the same results for sums that are exact in f32; with `sameBits` if they also
 * do where sums round
 */
export async function triedMatrices(device: GPUDevice, matrices: Matrices): Promise<Matrices | undefined> {
  const failure = new Failure(device);
  const queue = new Queue(device, failure);
  const used: GpuArray[] = [];
  const allocate = (type: 'f16' | 'f32', size: number): GpuArray => {
    const array = queue.allocate(type, 4 * Math.ceil(size / 4));
    used.push(array);
    return array;
  };
  const { operand } = matrices.unit;
  try {
    const plain = matmulKernels(queue, new Tuner(queue.trials));
    const fast = matrices.tiles.map((tile) =>
      matmulKernels(queue, new Tuner(queue.trials), { ...matrices, sameBits: false, tiles: [tile] }),
    );
    const agree = async (values: typeof eighths, weights: 'f16' | 'f32'): Promise<boolean> => {
      for (const product of trialProducts) {
        const { m, n, k } = product;
        const [a, b] = [allocate(operand, m * k), allocate(product.transposeA ? operand : weights, k * n)];
        queue.write(a, values(m * k, 7));
        queue.write(b, values(k * n, 11));
        const results: (Float32Array | Int32Array)[] = [];
        for (const { matmul } of [plain, ...fast]) {
          const c = allocate('f32', m * n);
          matmul({ a, b }, parametersOf(product), { c });
          results.push(await queue.read(c, m * n));
        }
        const [expected, ...found] = results;
        if (found.some((each) => each.some((value, i) => value !== expected[i]))) return false;
      }
      return true;
    };
    if (!(await agree(eighths, 'f32'))) return undefined;
    return { ...matrices, sameBits: await agree(waves, operand) };
  } catch (error) {
    if (error instanceof BertrandError) return undefined; // they fail to compile or to run
    throw error;
  } finally {
    for (const { storage } of used) storage.buffer.destroy();
  }
}
