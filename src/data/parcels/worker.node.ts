/** What a thread of `threads.node.ts` runs: says that it is up, and then answers each parcel with its ids. */
import { parentPort, workerData } from 'node:worker_threads';
import { Tokenizer } from '../tokenizer/tokenizer.ts';
import { encoding } from './encoding.ts';
import type { Parcel } from './parcel.ts';

const run = encoding(Tokenizer.fromJson(workerData)).begin();
parentPort?.on('message', (parcel: Parcel) => {
  const { ids, ends } = run(parcel);
  parentPort?.postMessage({ ids, ends }, [ids.buffer, ends.buffer] as ArrayBuffer[]);
});
parentPort?.postMessage('up');
