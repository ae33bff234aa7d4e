import type { Kernels } from '../../contract.ts';
import type { GpuArray, GpuHandles } from '../engine/buffers.ts';
import type { Queue } from '../engine/queue.ts';
import { fromHalves } from '../../half.ts';
import { eighths, parametersOf, trialProducts } from './matmul/trialProducts.ts';
import type { TrialProduct } from './matmul/trialProducts.ts';

const LEAST_NORMAL = 2 ** -14; // smaller halves may be flushed to zero

/**
 * Whether the driver stores and multiplies f16 as it should: every finite half survives being read and written, and products
 * whose sums are exact in f32 come out exact, or rounded to one of the two nearest halves. Dawn refuses f16 on NVIDIA's
 * drivers because some failed tests of conformance; this judges the driver at hand.
 */
export async function halvesWork(
  queue: Queue,
  { matmul, add }: Pick<Kernels<GpuHandles>, 'matmul' | 'add'>,
): Promise<boolean> {
  const used: GpuArray[] = [];
  const allocate = (type: 'f16' | 'f32', size: number): GpuArray => {
    const array = queue.allocate(type, 4 * Math.ceil(size / 4));
    used.push(array);
    return array;
  };
  try {
    const halves = fromHalves(Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits)).filter(Number.isFinite);
    const [x, zero, y] = Array.from({ length: 3 }, () => allocate('f16', halves.length));
    queue.write(x, halves);
    add({ a: x, b: zero }, { size: halves.length }, { y });
    const copies = await queue.read(y, halves.length);
    const flushed = (half: number, copy: number): boolean => copy === 0 && Math.abs(half) < LEAST_NORMAL;
    if (halves.some((half, i) => copies[i] !== half && !flushed(half, copies[i]))) return false;

    for (const product of trialProducts.filter(({ m, n, k }) => (m | n | k) % 4 === 0)) {
      const { m, n, k, transposeA } = product;
      const [a, b] = [eighths(m * k, 7), eighths(k * n, 11)];
      const left = allocate('f16', m * k);
      const right = allocate(transposeA ? 'f16' : 'f32', k * n); // gradients of weights; products with weights
      const c = allocate(transposeA ? 'f32' : 'f16', m * n);
      queue.write(left, a);
      queue.write(right, b);
      matmul({ a: left, b: right }, parametersOf(product), { c });
      const found = await queue.read(c, m * n);
      const rounding = c.type === 'f16' ? 2 ** -10 : 0;
      const expected = productOf(a, b, product);
      if (expected.some((value, i) => !(Math.abs(found[i] - value) <= rounding * Math.abs(value)))) return false;
    }
    return true;
  } finally {
    for (const { storage } of used) storage.buffer.destroy();
  }
}

/** The product on the host. */
function productOf(a: Float32Array, b: Float32Array, { m, n, k, transposeA, transposeB }: TrialProduct): Float64Array {
  const c = new Float64Array(m * n);
  for (let row = 0; row < m; row++)
    for (let column = 0; column < n; column++)
      for (let term = 0; term < k; term++)
        c[row * n + column] +=
          a[transposeA ? term * m + row : row * k + term] * b[transposeB ? column * k + term : term * n + column];
  return c;
}
