import { BertrandError } from '../error.ts';
import type { Communicator } from './communicator.ts';
import { broadcastText, gatherTexts } from './texts.ts';

/** Another rank has failed, and says why. */
export class FailedElsewhere extends BertrandError {}

/** Does `work` on every rank. Where it fails on any, it fails on all: on the first of those with its own error, which is the one to show. */
export async function together<T>(ranks: Communicator, work: () => T | Promise<T>): Promise<T> {
  if (ranks.size === 1) return await work();
  const [outcome] = await Promise.allSettled([Promise.resolve().then(work)]);
  const failed = outcome.status === 'rejected';
  if (failed && ranks.over) throw outcome.reason; // within `work` all came to know
  const failures = new Float64Array(ranks.size);
  failures[ranks.rank] = Number(failed);
  await ranks.sum(failures);
  const first = failures.findIndex((count) => count > 0);
  if (first < 0 && !failed) return outcome.value;
  ranks.over = true;
  throw failed && first === ranks.rank ? outcome.reason : new FailedElsewhere(`rank ${first} has failed`);
}

/** What `work`, done on rank 0 alone, results in: something that JSON can hold. Where it fails, it fails on all ranks. */
export async function fromFirst<T>(ranks: Communicator, work: () => T | Promise<T>): Promise<T> {
  if (ranks.size === 1) return await work();
  const own = await together(ranks, async () => (ranks.rank === 0 ? [await work()] : []));
  const [value] = JSON.parse(await broadcastText(ranks, JSON.stringify(own))) as [T];
  return ranks.rank === 0 ? own[0] : value;
}

/** Does `work` on the first rank of each machine, and then on the machine's others. */
export async function firstOfMachine<T>(ranks: Communicator, work: () => Promise<T>): Promise<T> {
  const isFirst = ranks.localRank === 0;
  const early = await together(ranks, async () => (isFirst ? [await work()] : []));
  const [result] = await together(ranks, async () => (isFirst ? early : [await work()]));
  return result;
}

/** Whether it is so on any rank. */
export async function anyOf(ranks: Communicator, own: boolean): Promise<boolean> {
  if (ranks.size === 1) return own;
  const count = Float64Array.of(Number(own));
  await ranks.sum(count);
  return count[0] > 0;
}

/** Something that must be the same on all ranks. */
export interface Fact {
  /** As in "rank 1 has another NAME". */
  readonly name: string;
  /** What is compared, and shown if it is short. */
  readonly value: string;
  /** What to do where it differs. */
  readonly advice: string;
}

const SHOWN = 60;

/** Throws a BertrandError, on all ranks, that names the first fact in which a rank differs from rank 0. */
export async function expectSame(ranks: Communicator, host: string, facts: readonly Fact[]): Promise<void> {
  if (ranks.size === 1) return;
  const own = { host, values: facts.map(({ value }) => value) };
  const all = (await gatherTexts(ranks, JSON.stringify(own))).map((text) => JSON.parse(text) as typeof own);
  await together(ranks, () => {
    for (const [i, { name, advice }] of facts.entries())
      for (const [rank, other] of all.entries())
        if (other.values[i] !== all[0].values[i]) throw differing(name, advice, i, rank, other, all[0]);
  });
}

type Told = { readonly host: string; readonly values: readonly string[] };

function differing(name: string, advice: string, i: number, rank: number, other: Told, first: Told): BertrandError {
  const shown = ({ values }: Told): string => (values[i].length <= SHOWN ? ` (${values[i]})` : '');
  const what = `rank ${rank} on ${other.host} has another ${name}${shown(other)} than rank 0 on ${first.host}${shown(first)}`;
  return new BertrandError(what, { advice });
}
