import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { BertrandError } from '../error.ts';
import type { Communicator, Numbers, Part, Pending } from './communicator.ts';
import { PartSums } from './partSums.node.ts';
import { PATIENCE } from './patience.node.ts';
import type { MpiCalls, Request } from './mpi/calls.node.ts';
import { layoutOf } from './mpi/layout.ts';

/** What a rank knows about the place where it runs. */
export interface Place {
  readonly localRank: number;
  readonly threads: number;
  readonly description: string;
  /** Whether ranks compute on more threads than there are cores: then waiting must leave them to others. */
  readonly crowded: boolean;
}

/** How often an operation is looked at before other things are let in. */
const TESTS = 20;
/** Milliseconds until waiting begins to leave the core to others, and until it hardly takes any of it. */
const [EAGER, LONG] = [3, 1000];
/** Milliseconds between looks at an operation then. */
const [NAP, SLEEP] = [0.1, 1];
/** Milliseconds without an answer after which the others are said to be silent: less than the second that Open MPI gives. */
const SILENT = 600;
/** The most milliseconds between two looks that count as waiting: a process that was stopped did not wait meanwhile. */
const LONGEST_LOOK = 1000;
/** Milliseconds by which a rank is more patient than the one before it, so that one speaks for all, and the most of that. */
const [LATER, LATEST] = [5000, 60_000];
/** Bytes of a broadcast: MPI counts them in 31 bits. */
const MOST = 2 ** 28;
/** Milliseconds for ranks that fail of one reason to meet. */
const MEETING = 2000;
/** Milliseconds for the launcher to pass on what was printed, which it drops when it ends all, and for it to end this rank. */
const [FORWARDING, ABORTING] = [500, 5000];

/** The ranks of a job of MPI. */
export class Job implements Communicator {
  readonly rank: number;
  readonly size: number;
  over = false;
  equalWork = false;
  readonly #mpi: MpiCalls;
  /** For the news that all have failed, which comes when other operations are under way. */
  readonly #news: bigint;
  readonly #patience: number;
  readonly #partSums: PartSums;
  #place: Place = { localRank: 0, threads: 1, description: '', crowded: true };
  #waited = 0;
  #watch: { readonly since: number; readonly tell: () => void } | undefined;
  readonly #nobody = new Int32Array(new SharedArrayBuffer(4));
  readonly #parent = process.ppid;

  /** @param patience minutes to wait for others while all do equal work */
  constructor(mpi: MpiCalls, patience: number) {
    this.#mpi = mpi;
    this.#patience = patience;
    this.rank = mpi.rank;
    this.size = mpi.size;
    this.#news = mpi.duplicate();
    this.#partSums = new PartSums(mpi);
  }

  get localRank(): number {
    return this.#place.localRank;
  }

  get threads(): number {
    return this.#place.threads;
  }

  get description(): string {
    return this.#place.description;
  }

  /** In seconds. */
  get waited(): number {
    return this.#waited / 1000;
  }

  /** Says where it runs, which only ranks together can find out. */
  settle(place: Place): void {
    this.#place = place;
  }

  sum(numbers: Numbers): Promise<void> {
    return this.startSum(numbers).end();
  }

  startSum(numbers: Numbers): Pending {
    const request = this.#mpi.startSum(numbers);
    return { advance: () => request.test(), end: () => this.#end(request) };
  }

  startSumOfParts(numbers: Numbers, parts: readonly Part[]): Pending {
    const request = this.#partSums.start(numbers, parts);
    return { advance: () => request.test(), end: () => this.#end(request) };
  }

  async gatherParts(numbers: Numbers, parts: readonly Part[]): Promise<void> {
    await this.#end(this.#mpi.startGather(numbers, layoutOf(parts, this.size)));
  }

  async broadcast(bytes: ArrayBufferView, from = 0): Promise<void> {
    const { buffer, byteOffset, byteLength } = bytes;
    for (let at = 0; at < byteLength; at += MOST)
      await this.#end(
        this.#mpi.startBroadcast(new Uint8Array(buffer, byteOffset + at, Math.min(MOST, byteLength - at)), from),
      );
  }

  watch(tell: () => void): void {
    this.#watch = { since: performance.now(), tell };
  }

  /** Whether all ranks fail now, this one included: of the same reason, so that one of them says it. */
  async allFail(): Promise<boolean> {
    const request = this.#mpi.startSum(Float64Array.of(1), this.#news);
    const begin = performance.now();
    while (!request.test()) {
      if (performance.now() - begin > MEETING) return false;
      await sleep(SLEEP);
    }
    this.over = true;
    return true;
  }

  /** Ends the other ranks, and this one: by itself where its launcher can no longer be reached, for which MPI waits for ever. */
  async abort(code: number): Promise<void> {
    await sleep(FORWARDING);
    const wait = `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${ABORTING})`;
    const other = new Worker(`${wait}; process.kill(process.pid, 'SIGKILL');`, { eval: true });
    await once(other, 'online');
    this.#mpi.abort(code);
  }

  /** Ends the use of MPI, with all other ranks. */
  close(): void {
    this.#mpi.finalise();
  }

  async #end(request: Request): Promise<void> {
    const begin = performance.now();
    let [last, silent] = [begin, 0];
    for (;;) {
      for (let i = 0; i < TESTS; i++)
        if (request.test()) {
          this.#waited += performance.now() - begin;
          return;
        }
      const now = performance.now();
      silent += Math.min(now - last, LONGEST_LOOK);
      last = now;
      if (this.equalWork) this.#expectAnswer(silent);
      await this.#rest(now - begin);
    }
  }

  /** Lets others use the core, the longer the more, and signals come in. */
  async #rest(waited: number): Promise<void> {
    if (waited > SILENT) this.#lookAround(waited);
    if (waited > LONG) return sleep(SLEEP);
    if (this.#place.crowded || waited > EAGER) Atomics.wait(this.#nobody, 0, 0, NAP);
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** Throws where the others have been silent for so many milliseconds that they must be lost: MPI itself may wait for ever. */
  #expectAnswer(silent: number): void {
    if (silent < 60_000 * this.#patience + Math.min(LATER * this.rank, LATEST)) return;
    const minutes = this.#patience === 1 ? 'a minute' : `${this.#patience} minutes`;
    throw new BertrandError(`no answer from other ranks for ${minutes}: a machine or its network has failed`, {
      advice: `go on from the last checkpoint with --resume; if ranks may take so long, set ${PATIENCE} to more minutes`,
    });
  }

  #lookAround(waited: number): void {
    if (process.ppid !== this.#parent)
      throw new BertrandError('the launcher has ended without its ranks', { advice: 'start it again with --resume' });
    if (!this.#watch) return;
    const silent = Math.min(waited, performance.now() - this.#watch.since);
    if (silent < SILENT) return;
    const { tell } = this.#watch;
    this.#watch = undefined;
    tell();
  }
}
