import { fillBatches } from './fillBatches.ts';
import { permutation } from './permutation.ts';
import type { TokenSequences } from './tokenSequences.ts';

/** Which sequences make up which batch: a pure function of (seed, step). */
export interface BatchPlan {
  /** Batches in one pass over the data. */
  readonly stepsPerEpoch: number;
  at(step: number): readonly number[];
}

/** `batchSize` sequences a batch, in a new order each epoch; those that fill no batch are dropped. */
export function rowPlan({ count }: TokenSequences, batchSize: number, seed: number): BatchPlan {
  const stepsPerEpoch = Math.floor(count / batchSize);
  return {
    stepsPerEpoch,
    at(step) {
      const order = orderOf(seed, Math.floor(step / stepsPerEpoch), count);
      const first = (step % stepsPerEpoch) * batchSize;
      return Array.from({ length: batchSize }, (_, i) => order(first + i));
    },
  };
}

/**
 * As many sequences a batch as `capacity` tokens hold, in a new order each epoch. An epoch has as many steps as its
 * tokens fill, whatever its order, so the last few sequences, whose batches come on top of that, are dropped. Batches are dealt as
 * they are asked for and kept for the epoch: to begin in its middle costs arithmetic, but reads no text.
 */
export function tokenPlan({ count, tokens, sizeOf }: TokenSequences, capacity: number, seed: number): BatchPlan {
  const stepsPerEpoch = Math.floor(tokens / capacity);
  let dealt: { epoch: number; batches: (readonly number[])[]; rest: Iterator<readonly number[]> } | undefined;
  return {
    stepsPerEpoch,
    at(step) {
      const epoch = Math.floor(step / stepsPerEpoch);
      if (dealt?.epoch !== epoch) {
        const rest = fillBatches(ordered(orderOf(seed, epoch, count), count), sizeOf, capacity);
        dealt = { epoch, batches: [], rest };
      }
      const { batches, rest } = dealt;
      while (batches.length <= step % stepsPerEpoch) batches.push(rest.next().value as readonly number[]);
      return batches[step % stepsPerEpoch];
    },
  };
}

const orderOf = (seed: number, epoch: number, count: number): ((index: number) => number) =>
  permutation(`${seed}/order/${epoch}`, count);

function* ordered(order: (index: number) => number, count: number): Generator<number> {
  for (let i = 0; i < count; i++) yield order(i);
}
