import type { Parameters } from '../../autograd/parameters/parameters.ts';
import type { Device } from '../../kernels/device.ts';
import type { Communicator } from '../../ranks/communicator.ts';

/** Numbers that are added up at a time. The order of addition depends on it, so it is part of a run's bits. */
export const BUCKET = 2 ** 20;

/** Adds up the gradients of all ranks, on each of them: in the device's memory where the host can reach that, else through a copy. */
export async function sumGradients(ranks: Communicator, device: Device, parameters: Parameters): Promise<void> {
  if (ranks.size === 1) return;
  parameters.completeGradients();
  for (const { gradients } of parameters.arenas) {
    const own = device.hostView(gradients);
    const numbers = own ?? ((await device.read(gradients)) as Float32Array | Float64Array);
    for (let at = 0; at < numbers.length; at += BUCKET) await ranks.sum(numbers.subarray(at, at + BUCKET));
    if (!own) device.write(gradients, numbers);
  }
}
