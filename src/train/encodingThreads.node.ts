import { availableThreads, possibleThreads } from '../kernels/cpu/threads/threads.node.ts';

/** More would wait for the one that reads, and all together they are to stay below 400 MB. */
const MOST = 3;

/** How many threads encode text where so many compute: as many, up to 3, and no more than there are addresses for. */
export const encodingThreads = (threads: number | 'auto'): number =>
  Math.min(threads === 'auto' ? availableThreads() : threads, possibleThreads(), MOST);
