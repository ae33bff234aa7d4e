import { BertrandError } from '../../../../error.ts';
import type { GpuArray } from '../../engine/buffers.ts';
import { Failure } from '../../engine/failure.ts';
import { matmulKernels } from './matmul.ts';
import { Queue } from '../../engine/queue.ts';
import type { Matrices } from './subgroupMatrix.ts';
import { eighths, parametersOf, trialProducts, wholeProducts } from './trialProducts.ts';
import { Tuner } from '../../engine/tuner/tuner.ts';

/** Numbers with full mantissas, of which each sum rounds. As halves they keep 11 bits, and their products 22. */
const waves = (size: number, step: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => Math.sin(i * step + 1));

type Results = readonly (Float32Array | Int32Array)[];

/**
 * Compares matrix units with plain products. They are new to WebGPU and experimental in Dawn, so each driver is tested before
 * they are used.
 * @returns undefined unless they give exactly the same results for sums that are exact in f32, and all tiles the same bits where sums
 *   round; with `sameBits` if plain products do there too. Tiles that load straight from arrays are left out if only they fail.
 */
export async function triedMatrices(device: GPUDevice, matrices: Matrices): Promise<Matrices | undefined> {
  const all = await tried(device, matrices);
  const tiles = matrices.tiles.filter(({ straight }) => !straight);
  return all ?? (tiles.length < matrices.tiles.length ? tried(device, { ...matrices, tiles }) : undefined);
}

async function tried(device: GPUDevice, matrices: Matrices): Promise<Matrices | undefined> {
  const failure = new Failure(device);
  const queue = new Queue(device, failure);
  const used: GpuArray[] = [];
  const allocate = (type: 'f16' | 'f32', size: number): GpuArray => {
    const array = queue.allocate(type, 4 * Math.ceil(size / 4));
    used.push(array);
    return array;
  };
  const { operand } = matrices.unit;
  const all = [...trialProducts, ...wholeProducts];
  try {
    const ways = [
      { products: all, ...matmulKernels(queue, new Tuner(queue.trials)) },
      ...matrices.tiles.map((tile) => ({
        products: tile.straight ? wholeProducts : all,
        ...matmulKernels(queue, new Tuner(queue.trials), { ...matrices, sameBits: false, tiles: [tile] }),
      })),
    ];
    /** The products of each way, of which the first is the plain one. All are begun before one is read: their shaders compile at once. */
    const compute = async (values: typeof eighths, weights: 'f16' | 'f32'): Promise<readonly Results[]> => {
      const begun = ways.map(({ products, matmul }) =>
        products.map((product) => {
          const { m, n, k } = product;
          const [a, b] = [allocate(operand, m * k), allocate(product.transposeA ? operand : weights, k * n)];
          queue.write(a, values(m * k, 7));
          queue.write(b, values(k * n, 11));
          const c = allocate('f32', m * n);
          matmul({ a, b }, parametersOf(product), { c });
          return { c, size: m * n };
        }),
      );
      const results: Results[] = [];
      for (const arrays of begun) results.push(await Promise.all(arrays.map(({ c, size }) => queue.read(c, size))));
      return results;
    };
    const exact = await compute(eighths, 'f32');
    if (!exact.every((results) => areEqual(results, exact[0]))) return undefined;
    const [plain, first, ...others] = await compute(waves, operand);
    if (!others.every((results) => areEqual(results, first))) return undefined;
    return { ...matrices, sameBits: areEqual(plain, first) };
  } catch (error) {
    if (error instanceof BertrandError) return undefined; // they fail to compile or to run
    throw error;
  } finally {
    for (const { storage } of used) storage.buffer.destroy();
  }
}

/** Whether the products are the same; `found` may be only the last ones. */
const areEqual = (found: Results, expected: Results): boolean =>
  found.every((each, i) => each.every((value, j) => value === expected[expected.length - found.length + i][j]));
