import { BertrandError } from '../../error.ts';
import type { Communicator } from '../../ranks/communicator.ts';
import type { Config } from '../config/table/table.ts';

/** The micro-batches of a step that a rank computes: every size-th, from its own number on. */
export function microBatchesOf({ rank, size }: Pick<Communicator, 'rank' | 'size'>, accumulate: number): number[] {
  return Array.from({ length: Math.ceil((accumulate - rank) / size) }, (_, i) => rank + i * size);
}

/** Throws a BertrandError unless ranks can share the micro-batches of a step equally. */
export function expectEqualShares(size: number, { train: { accumulate, batchSize } }: Pick<Config, 'train'>): void {
  if (accumulate % size === 0) return;
  const whole = accumulate * batchSize; // sequences in a step, which should stay
  const more = Array.from({ length: Math.floor(whole / size) }, (_, i) => (i + 1) * size).filter(
    (count) => whole % count === 0,
  );
  const best = more.find((count) => count > accumulate) ?? more.at(-1); // rather smaller batches, which fit as well
  const fitting = divisorsOf(accumulate);
  const ranks = `start ${listed(fitting)} ${fitting.length === 1 && fitting[0] === 1 ? 'rank' : 'ranks'}`;
  throw new BertrandError(`train.accumulate is ${accumulate}, which ${size} ranks cannot share equally`, {
    advice:
      best === undefined
        ? `${ranks}, or make train.accumulate a multiple of ${size}, which makes the batch of a step larger`
        : `write train.accumulate: ${best} and train.batchSize: ${whole / best}, which leaves the batch of a step at ${whole} sequences; or ${ranks}`,
  });
}

const divisorsOf = (count: number): number[] =>
  Array.from({ length: count }, (_, i) => i + 1).filter((divisor) => count % divisor === 0);

function listed(counts: readonly number[]): string {
  const shown = counts.slice(-8).map(String);
  return shown.length === 1 ? shown[0] : `${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}`;
}
