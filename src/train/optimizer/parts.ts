import type { ParameterArena } from '../../autograd/parameters/parameterArena.ts';
import type { Device, DeviceArray } from '../../kernels/device.ts';
import type { Numbers, Part } from '../../ranks/communicator.ts';

/** Numbers that ranks add up at a time. The order of addition depends on it, so it is part of a run's bits. */
export const BUCKET = 2 ** 20;

/** A stretch of an arena whose gradients are added up at a time. */
export interface Bucket {
  readonly arena: ParameterArena;
  readonly begin: number;
  readonly end: number;
}

/** A bucket that ranks share out: each updates its part, which counts from the bucket's begin. */
export interface SharedBucket extends Bucket {
  readonly parts: readonly Part[];
}

/** Arenas cut into buckets. @param size of each but the last of an arena */
export const bucketsOf = (arenas: readonly ParameterArena[], size = BUCKET): Bucket[] =>
  arenas.flatMap((arena) => {
    const all = arena.weights.size;
    return Array.from({ length: Math.ceil(all / size) }, (_, i) => ({
      arena,
      begin: i * size,
      end: Math.min((i + 1) * size, all),
    }));
  });

/**
 * The buckets of arenas, each cut into equal parts, one for each rank; small ones have fewer. So a bucket can be on its way to all ranks
 * while backward goes on, and each of them sends and receives equally much. On a device without views, which has an arena for each
 * parameter, all of an arena is one rank's.
 */
export function sharedBuckets(
  { viewAlignment }: Device,
  arenas: readonly ParameterArena[],
  ranks: number,
  size = BUCKET,
): SharedBucket[] {
  if (viewAlignment === 0)
    return arenas.map((arena, i) => {
      const end = arena.weights.size;
      return { arena, begin: 0, end, parts: [{ rank: i % ranks, offset: 0, size: end }] };
    });
  return bucketsOf(arenas, size).map((bucket) => {
    const all = bucket.end - bucket.begin;
    const length = viewAlignment * Math.ceil(all / ranks / viewAlignment);
    const parts = Array.from({ length: ranks }, (_, rank) => {
      const offset = Math.min(all, rank * length);
      return { rank, offset, size: Math.min(length, all - offset) };
    });
    return { ...bucket, parts: parts.filter((part) => part.size > 0) };
  });
}

/** The members of an arena that have a part of a stretch of it. */
export const membersIn = (
  { members }: ParameterArena,
  { offset, size }: { readonly offset: number; readonly size: number },
): ParameterArena['members'] =>
  members.filter((one) => one.offset < offset + size && one.offset + one.parameter.size > offset);

/** A stretch of an array, which is the array itself where it is all of it. */
export const viewOf = (
  device: Device,
  array: DeviceArray,
  { offset, size }: { readonly offset: number; readonly size: number },
): DeviceArray => (size === array.size ? array : device.view(array, offset, size));

/** Has `work` change an array's numbers: where the host reaches them, in place, or else a copy, which is written back. */
export async function throughHost(
  device: Device,
  array: DeviceArray,
  work: (numbers: Numbers) => Promise<void>,
): Promise<void> {
  const own = device.hostView(array);
  const numbers = own ?? ((await device.read(array)) as Numbers);
  await work(numbers);
  if (!own) device.write(array, numbers);
}
