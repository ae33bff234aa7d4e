import { BertrandError } from '../../error.ts';
import type { Parameters } from '../../autograd/parameters/parameters.ts';
import type { Device, DeviceArray } from '../../kernels/device.ts';
import type { Communicator } from '../../ranks/communicator.ts';
import type { HostTensors } from '../modelState.ts';
import type { Optimizer } from '../optimizer/optimizer.ts';
import { throughHost } from '../optimizer/parts.ts';

/**
 * Gives all ranks the weights, the moments and the loss scale of rank 0.
 * @param resumed whether it goes on from a checkpoint
 * @param moments those of the checkpoint, on rank 0
 * @param average of the weights, if there is one
 */
export async function takeStateOfFirst(
  ranks: Communicator,
  device: Device,
  parameters: Parameters,
  optimizer: Optimizer,
  resumed = false,
  moments?: HostTensors,
  average: readonly DeviceArray[] = [],
): Promise<void> {
  if (ranks.size === 1) return;
  const weights = parameters.arenas.map((arena) => arena.weights);
  for (const array of [...weights, ...optimizer.arrays, ...average])
    await throughHost(device, array, (numbers) => ranks.broadcast(numbers));
  if (resumed && optimizer.isShared) await optimizer.shareMoments(moments);
}

/** Throws a BertrandError, on all ranks, if the weights of one are not those of rank 0, bit for bit: memory or a library is at fault then. */
export async function expectSameWeights(ranks: Communicator, device: Device, parameters: Parameters): Promise<void> {
  if (ranks.size === 1) return;
  const sums = new Float64Array(ranks.size);
  for (const { weights } of parameters.arenas)
    sums[ranks.rank] = hashOf(device.hostView(weights) ?? (await device.read(weights)), sums[ranks.rank]);
  await ranks.sum(sums);
  const other = sums.findIndex((sum) => sum !== sums[0]);
  if (other > 0)
    throw new BertrandError(`the weights of rank ${other} are no longer those of rank 0, so nothing is saved`, {
      advice: 'go on from the last checkpoint with --resume; if it happens again, test the memory of its machine',
    });
}

/** 32 bits that change with any bit of the numbers. */
function hashOf({ buffer, byteOffset, byteLength }: ArrayBufferView, start: number): number {
  let hash = start | 0;
  for (const word of new Int32Array(buffer, byteOffset, byteLength / 4))
    hash = Math.imul(hash ^ word, 0x01000193) ^ (hash >>> 15);
  return hash;
}
