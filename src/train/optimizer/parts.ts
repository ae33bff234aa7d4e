import type { ParameterArena } from '../../autograd/parameters/parameterArena.ts';
import type { Device, DeviceArray } from '../../kernels/device.ts';
import type { Communicator } from '../../ranks/communicator.ts';

/** A stretch of an arena that one rank updates. */
export interface Part {
  readonly rank: number;
  readonly offset: number;
  readonly size: number;
}

/**
 * An arena cut into equal stretches, one for each rank; small ones have fewer. On a device without views, which has an arena for each
 * parameter, all of the arena is one rank's.
 * @param index of the arena
 */
export function partsOf(
  { viewAlignment }: Device,
  { weights: { size } }: ParameterArena,
  index: number,
  ranks: number,
): Part[] {
  if (viewAlignment === 0 || ranks === 1) return [{ rank: index % ranks, offset: 0, size }];
  const length = viewAlignment * Math.ceil(size / ranks / viewAlignment);
  return Array.from({ length: ranks }, (_, rank) => {
    const offset = Math.min(size, rank * length);
    return { rank, offset, size: Math.min(length, size - offset) };
  }).filter((part) => part.size > 0);
}

/** A part of an array, which is the array itself where it is all of it. */
export const viewOf = (device: Device, array: DeviceArray, { offset, size }: Part): DeviceArray =>
  size === array.size ? array : device.view(array, offset, size);

/** Gives all ranks the parts that each of them has of an array. */
export async function completeArray(
  ranks: Communicator,
  device: Device,
  array: DeviceArray,
  parts: readonly Part[],
): Promise<void> {
  const own = device.hostView(array);
  const numbers = own ?? (await device.read(array));
  for (const { rank, offset, size } of parts) await ranks.broadcast(numbers.subarray(offset, offset + size), rank);
  if (!own) device.write(array, numbers);
}
