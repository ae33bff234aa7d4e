import type { Batch, Batches } from '../../data/batches/batch.ts';

/** The first `count` validation batches, or all if there are fewer. */
export async function* firstBatches(batches: Batches, count: number): AsyncGenerator<Batch> {
  for (let i = 0; i < Math.min(count, batches.stepsPerEpoch); i++) yield await batches.at(i);
}
