import { matmulParameters } from '../../kernels/matmulParameters.ts';
import type { Device, DeviceArray } from '../../kernels/device.ts';

/** What a device achieves on the simplest work: the best of a few tries. */
export interface DevicePeaks {
  /** Of a product of two square matrices. */
  readonly gflopsPerSecond: number;
  /** Of adding two large arrays: read twice, written once. */
  readonly gigabytesPerSecond: number;
}

export interface PeakWork {
  readonly tries: number;
  /** Elements: more than caches hold. */
  readonly added: number;
  /** Of the squares that are multiplied: the next larger as long as one takes less than 10 milliseconds. */
  readonly sizes: readonly number[];
}

const THOROUGH: PeakWork = { tries: 8, added: 2 ** 24, sizes: [1024, 2048, 4096] };
const QUICK = 10;

export async function devicePeaks(device: Device, { tries, added, sizes } = THOROUGH): Promise<DevicePeaks> {
  let gflopsPerSecond = 0;
  for (const size of sizes) {
    const milliseconds = await productTime(device, size, tries);
    gflopsPerSecond = Math.max(gflopsPerSecond, (2 * size ** 3) / milliseconds / 1e6);
    if (milliseconds > QUICK) break;
  }
  const [a, b] = [device.allocate('f32', added), device.allocate('f32', added)];
  const milliseconds = await best(device, () => device.launch('add', { a, b }, { size: added }).y, tries);
  for (const array of [a, b]) device.free(array);
  return { gflopsPerSecond, gigabytesPerSecond: (12 * added) / milliseconds / 1e6 };
}

async function productTime(device: Device, size: number, tries: number): Promise<number> {
  const layout = { row: size };
  const square = device.upload('f32', new Float32Array(size * size).fill(0.5));
  const parameters = matmulParameters({ m: size, n: size, k: size, a: layout, b: layout, c: layout });
  const milliseconds = await best(device, () => device.launch('matmul', { a: square, b: square }, parameters).c, tries);
  device.free(square);
  return milliseconds;
}

/** Milliseconds of the fastest run, measured by the device where it can, otherwise by the host's clock, including the round trip. */
async function best(device: Device, run: () => DeviceArray, tries: number): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < tries; i++) {
    const begin = performance.now();
    const uses = await device.profile(async () => {
      const result = run();
      const { y } = device.launch('sum', { x: result }, { size: 1, scale: 1 });
      await device.read(y);
      for (const array of [result, y]) device.free(array);
    });
    const use = uses.find(({ kernel }) => kernel !== 'sum');
    times.push(use?.milliseconds ?? performance.now() - begin);
  }
  return Math.min(...times);
}
