import { BertrandError } from '../../../../error.ts';
import { attentionKernels } from './attention.ts';
import type { GpuArray } from '../../engine/buffers.ts';
import { Failure } from '../../engine/failure.ts';
import type { MatrixUnit } from '../matmul/matrixTile.ts';
import { Queue } from '../../engine/queue.ts';
import type { Traits } from '../../engine/traits.ts';

/** With edges in every direction, several blocks of keys, and elements of a head that fill it up. */
const shape = { batch: 2, heads: 2, length: 75, headSize: 60, scale: 1 / 8, rate: 0.1, keyHigh: 12345, keyLow: 54321 };
/** How far off results may be, relative to the largest: halves round weights to 2^-11. */
const TOLERANCE = { f16: 2 ** -7, f32: 2 ** -12 };
const MOST_WAYS = 3;

/**
 * Compares attention on matrix units with attention without them, forward and backward.
 * @returns whether all tiles give the same bits, and results differ by no more than rounding
 */
export async function attentionWorks(device: GPUDevice, unit: MatrixUnit, traits: Traits): Promise<boolean> {
  const failure = new Failure(device);
  const queue = new Queue(device, failure);
  const used: GpuArray[] = [];
  const allocate = (type: 'f16' | 'f32' | 'i32', size: number): GpuArray => {
    const array = queue.allocate(type, 4 * Math.ceil(size / 4));
    used.push(array);
    return array;
  };
  const { batch, heads, length, headSize } = shape;
  const size = batch * heads * length * headSize;
  const [query, key, value, dcontext] = [7, 11, 13, 17].map((step) => {
    const array = allocate(unit.operand, size);
    queue.write(
      array,
      Float32Array.from({ length: size }, (_, i) => Math.sin(i * step + 1)),
    );
    return array;
  });
  const spans = allocate('i32', 2 * batch * length);
  queue.write(spans, Int32Array.from({ length: 2 * batch * length }, (_, i) => (i % 2 === 0 ? (i / 2) % 5 : length - ((i >> 1) % 40)))); // prettier-ignore
  /** All results in the way of that number, of those there are. */
  const attend = async (way: number, chosen?: MatrixUnit): Promise<Float32Array[]> => {
    const tuner = {
      run: (_: string, ways: readonly number[], __: number, work: (way: number) => void) =>
        work(ways[way % ways.length]),
    };
    const { attention, attentionBackward } = attentionKernels(queue, traits, tuner, chosen);
    const logSumExp = allocate('f32', batch * heads * length);
    const [context, dquery, dkey, dvalue] = Array.from({ length: 4 }, () => allocate(unit.operand, size));
    const inputs = { query, key, value, spans };
    attention?.(inputs, shape, { context, logSumExp });
    attentionBackward?.({ ...inputs, context, logSumExp, dcontext }, shape, { dquery, dkey, dvalue });
    const results: Float32Array[] = [];
    for (const array of [context, dquery, dkey, dvalue]) results.push((await queue.read(array, size)) as Float32Array);
    return results;
  };
  try {
    const plain = await attend(0);
    const first = await attend(0, unit);
    for (let way = 1; way < MOST_WAYS; way++) {
      const again = await attend(way, unit);
      if (again.some((values, i) => values.some((found, j) => found !== first[i][j]))) return false;
    }
    return plain.every((expected, i) => {
      const largest = expected.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
      return first[i].every((found, j) => Math.abs(found - expected[j]) <= TOLERANCE[unit.operand] * largest);
    });
  } catch (error) {
    if (error instanceof BertrandError) return false; // it fails to compile or to run
    throw error;
  } finally {
    for (const { storage } of used) storage.buffer.destroy();
  }
}
