import { fillBatches } from './fillBatches.ts';
import type { Order } from './mixedOrder.ts';
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

/** `batchSize` sequences a batch, in an order without end; an epoch is as many batches as there are sequences for. */
export function mixedRowPlan(count: number, order: Order, batchSize: number): BatchPlan {
  return {
    stepsPerEpoch: Math.floor(count / batchSize),
    at: (step) => Array.from({ length: batchSize }, (_, i) => order(step * batchSize + i)),
  };
}

/** Steps of which the batches are kept. */
const KEPT = 64;

/**
 * As many sequences a batch as `capacity` tokens hold, in an order without end. Batches are dealt one after the other: to begin in
 * the middle costs arithmetic, but reads no text.
 */
export function mixedTokenPlan({ tokens, sizeOf }: TokenSequences, order: Order, capacity: number): BatchPlan {
  let dealt: (readonly number[])[] = [];
  let next = 0; // step of the next to be dealt
  let rest = fillBatches(endless(order), sizeOf, capacity);
  return {
    stepsPerEpoch: Math.floor(tokens / capacity),
    at(step) {
      if (step < next - dealt.length) {
        dealt = [];
        next = 0;
        rest = fillBatches(endless(order), sizeOf, capacity);
      }
      for (; next <= step; next++) {
        dealt.push(rest.next().value as readonly number[]);
        if (dealt.length > KEPT) dealt.shift();
      }
      return dealt[step - (next - dealt.length)];
    },
  };
}

function* endless(order: Order): Generator<number> {
  for (let place = 0; ; place++) yield order(place);
}

const orderOf = (seed: number, epoch: number, count: number): ((index: number) => number) =>
  permutation(`${seed}/order/${epoch}`, count);

function* ordered(order: (index: number) => number, count: number): Generator<number> {
  for (let i = 0; i < count; i++) yield order(i);
}
