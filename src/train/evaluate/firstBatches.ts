import { alone } from '../../ranks/communicator.ts';
import type { Communicator } from '../../ranks/communicator.ts';
import type { Batch, Batches } from '../../data/batches/batch.ts';

/** The first `count` validation batches, or all if there are fewer; of several ranks, the share of one. */
export async function* firstBatches(
  batches: Batches,
  count: number,
  { rank, size }: Pick<Communicator, 'rank' | 'size'> = alone,
): AsyncGenerator<Batch> {
  for (let i = rank; i < Math.min(count, batches.stepsPerEpoch); i += size) yield await batches.at(i);
}
