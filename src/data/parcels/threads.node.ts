import { setImmediate as otherEvents } from 'node:timers/promises';
import { alone } from './inOrder.ts';
import type { InOrder, Work } from './inOrder.ts';
import type { Parcel } from './parcel.ts';
import { Thread } from './thread.node.ts';

/** Characters that the caller works on by itself before it starts threads: less than a second of work, in which a thread would do little. */
const WORTH_STARTING = 1 << 24;
/** Parcels that a thread has at a time: one to work on, and one to go on with. */
const AT_A_TIME = 2;
/** Results for each thread that may wait for an earlier one. */
const WAITING = 8;

interface Options {
  /** Characters before threads are started. */
  readonly after?: number;
  /** Whether to wait until all have started. */
  readonly patient?: boolean;
  /** Is told which thread is given a parcel: 0 is the caller's. */
  readonly onParcel?: (thread: number) => void;
}

/**
 * Work on several threads, the caller's among them: it reads the parcels, and works on one itself whenever the others have
 * enough to do, so that it waits for no thread that has yet to start. A thread that fails is done without.
 * @param threads how many, with the caller's
 */
export function onThreads(
  threads: number,
  { after = WORTH_STARTING, patient = false, onParcel = () => {} }: Options = {},
): InOrder {
  if (threads < 2) return alone;
  return async function* <Result>(parcels: AsyncIterable<Parcel>, work: Work<Result>): AsyncGenerator<Result> {
    const run = work.begin();
    const others: Thread<Result>[] = [];
    const slots: Slot<Result>[] = [];
    let characters = 0;
    try {
      for await (const parcel of parcels) {
        for (const text of parcel.texts) characters += text.length;
        if (others.length === 0 && characters > after) {
          for (let i = 1; i < threads; i++) others.push(new Thread(work, run));
          if (patient) await Promise.all(others.map(({ started }) => started));
        }
        const free = others.findIndex((thread) => thread.isUp && thread.pending < AT_A_TIME);
        onParcel(free + 1);
        if (free >= 0) slots.push(slotOf(others[free].do(parcel)));
        else {
          slots.push({ results: [run(parcel)] });
          if (others.length > 0) await otherEvents(); // by which threads answer
        }
        while (slots.length > 0 && (slots[0].results.length > 0 || slots.length > WAITING * threads))
          yield await resultOf(slots.shift()!);
      }
      while (slots.length > 0) yield await resultOf(slots.shift()!);
    } finally {
      await Promise.all(others.map((thread) => thread.close()));
    }
  };
}

/** A result, or where it will be. */
interface Slot<Result> {
  /** None or one. */
  readonly results: Result[];
  readonly promise?: Promise<Result>;
}

function slotOf<Result>(promise: Promise<Result>): Slot<Result> {
  const results: Result[] = [];
  promise.then(
    (result) => results.push(result),
    () => {}, // whoever takes it finds out
  );
  return { results, promise };
}

const resultOf = async <Result>({ results, promise }: Slot<Result>): Promise<Result> =>
  results.length > 0 ? results[0] : promise!;
