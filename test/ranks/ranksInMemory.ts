import { alone } from '../../src/ranks/communicator.ts';
import type { Communicator, Numbers, Part, Pending } from '../../src/ranks/communicator.ts';

interface Meeting {
  readonly arrays: ArrayBufferView[];
  readonly leave: (() => void)[];
}

/** Ranks of one process, which meet in memory: each is to be used by a task of its own. */
export function ranksInMemory(size: number): Communicator[] {
  const meetings: Meeting[] = [];
  return Array.from({ length: size }, (_, rank) => {
    let number = 0;
    const meet = (array: ArrayBufferView, work: (arrays: ArrayBufferView[]) => void): Promise<void> =>
      new Promise((resolve) => {
        const meeting = (meetings[number++] ??= { arrays: [], leave: [] });
        meeting.arrays[rank] = array;
        meeting.leave.push(resolve);
        if (meeting.leave.length < size) return;
        work(meeting.arrays);
        for (const leave of meeting.leave) leave();
      });
    const sum = (numbers: Numbers): Promise<void> => meet(numbers, (arrays) => addUp(arrays as Numbers[]));
    return {
      ...alone,
      rank,
      size,
      localRank: rank,
      sum,
      startSum: (numbers) => pending(sum(numbers)),
      startSumOfParts: (numbers, parts) => pending(meet(numbers, (arrays) => addUpParts(arrays as Numbers[], parts))),
      gatherParts: (numbers, parts) => meet(numbers, (arrays) => gather(arrays as Numbers[], parts)),
      broadcast: (bytes, from = 0) =>
        meet(bytes, (arrays) => {
          const all = arrays.map(bytesOf);
          const sent = all[from].slice();
          for (const one of all) one.set(sent);
        }),
    };
  });
}

/** Does the same on each rank. */
export const onRanks = <T>(size: number, work: (ranks: Communicator) => Promise<T>): Promise<T[]> =>
  Promise.all(ranksInMemory(size).map(work));

function pending(promise: Promise<void>): Pending {
  let ended = false;
  const end = promise.then(() => void (ended = true));
  return { advance: () => ended, end: () => end };
}

const cut = (numbers: Numbers, { offset, size }: Part): Numbers => numbers.subarray(offset, offset + size);

/** Each part on its rank, in the order of the ranks but for itself, which comes first. */
function addUpParts(arrays: readonly Numbers[], parts: readonly Part[]): void {
  for (const part of parts) {
    const total = cut(arrays[part.rank], part);
    for (const [rank, array] of arrays.entries())
      if (rank !== part.rank) for (const [i, value] of cut(array, part).entries()) total[i] += value;
  }
}

function gather(arrays: readonly Numbers[], parts: readonly Part[]): void {
  for (const part of parts) for (const array of arrays) cut(array, part).set(cut(arrays[part.rank], part));
}

function addUp(arrays: Numbers[]): void {
  const total = arrays[0].slice();
  for (const array of arrays.slice(1)) for (const [i, value] of array.entries()) total[i] += value;
  for (const array of arrays) array.set(total);
}

const bytesOf = (view: ArrayBufferView): Uint8Array => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
