import type { KernelParameters } from '../../../contract.ts';
import { BertrandError } from '../../../../error.ts';
import type { GpuArray } from '../../engine/buffers.ts';
import { Failure } from '../../engine/failure.ts';
import { matmulKernels } from './matmul.ts';
import { Queue } from '../../engine/queue.ts';
import type { Matrices } from './subgroupMatrix.ts';
import { Tuner } from '../../engine/tuner/tuner.ts';

/** Every kind of product in a step: forward, input gradients, split weight gradients; with full tiles and with edges. */
const shapes = [
  { m: 64, n: 128, k: 96, transposeA: 0, transposeB: 1 },
  { m: 68, n: 36, k: 72, transposeA: 0, transposeB: 0 },
  { m: 40, n: 52, k: 1100, transposeA: 1, transposeB: 0 },
  { m: 35, n: 90, k: 33, transposeA: 0, transposeB: 1 }, // not multiples of four, as with a vocabulary of 30522
];

/** Small multiples of 1/8: sums of their products are exact in f32 in any order, but not in f16. */
const eighths = (size: number, step: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => (((i * step) % 31) - 15) / 8);

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
    for (const shape of shapes) {
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

function parametersOf(shape: (typeof shapes)[number]): KernelParameters<'matmul'> {
  const { m, n, k, transposeA, transposeB } = shape;
  const rows = { aRow: transposeA ? m : k, bRow: transposeB ? k : n, cRow: n };
  const one = { outer: 1, inner: 1, aOuter: 0, aInner: 0, bOuter: 0, bInner: 0, cOuter: 0, cInner: 0 };
  return { ...shape, ...rows, ...one, scale: 1 };
}
