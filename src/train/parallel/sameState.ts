import type { Parameters } from '../../autograd/parameters/parameters.ts';
import type { Device, DeviceArray } from '../../kernels/device.ts';
import type { Communicator } from '../../ranks/communicator.ts';
import type { AdamW } from '../optimizer/adamw.ts';

/** Gives all ranks the weights, the moments and the loss scale of rank 0. */
export async function takeStateOfFirst(
  ranks: Communicator,
  device: Device,
  parameters: Parameters,
  optimizer: AdamW,
): Promise<void> {
  if (ranks.size === 1) return;
  const weights = parameters.arenas.map((arena) => arena.weights);
  for (const array of [...weights, ...optimizer.arrays]) await broadcastArray(ranks, device, array);
}

/** Bytes of a broadcast: MPI counts them in 31 bits. */
const MOST = 2 ** 28;

async function broadcastArray(ranks: Communicator, device: Device, array: DeviceArray): Promise<void> {
  const own = device.hostView(array);
  const numbers = own ?? (await device.read(array));
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  for (let at = 0; at < bytes.length; at += MOST) await ranks.broadcast(bytes.subarray(at, at + MOST));
  if (!own) device.write(array, numbers);
}
