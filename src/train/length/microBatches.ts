import type { Config } from '../config/table/table.ts';

type Batching = Pick<Config['train'], 'accumulate' | 'batchWarmup'>;

/**
 * How many micro-batches all steps before `step` have: those of a step grow by equal parts from one to `accumulate`, which step
 * `batchWarmup` is the first to have.
 */
export function microBatchesBefore({ accumulate, batchWarmup }: Batching, step: number): number {
  const made = step - 1;
  const growing = Math.min(made, batchWarmup);
  let count = accumulate * (made - growing);
  for (let more = 0; more < accumulate; more++)
    count += Math.max(0, growing - Math.floor((batchWarmup * more) / accumulate)); // steps that have more than `more`
  return count;
}

/** How many micro-batches a step has. */
export const microBatchesAt = (batching: Batching, step: number): number =>
  microBatchesBefore(batching, step + 1) - microBatchesBefore(batching, step);

/** The steps that take so many micro-batches, or a part of a step more; at least one. */
export function stepsFor(batching: Batching, microBatches: number): number {
  const { accumulate, batchWarmup } = batching;
  const warming = microBatchesBefore(batching, batchWarmup + 1);
  if (microBatches > warming) return batchWarmup + Math.ceil((microBatches - warming) / accumulate);
  let [low, high] = [1, Math.max(1, batchWarmup)];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (microBatchesBefore(batching, middle + 1) >= microBatches) high = middle;
    else low = middle + 1;
  }
  return low;
}
