import type { Device } from '../../../src/kernels/device.ts';

/** The names of the kernels that `work` launches, one for each launch. */
export async function launches(device: Device, work: () => void): Promise<string[]> {
  const uses = await device.profile(() => Promise.resolve(work()));
  return uses.flatMap(({ kernel, launches }) => Array<string>(launches).fill(kernel)).toSorted();
}
