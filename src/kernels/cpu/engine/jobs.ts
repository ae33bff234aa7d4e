import { DeviceLost } from '../../deviceLost.ts';
import { QUEUE, QUEUE_SLOTS, SLOT_BYTES } from '../jobs/layout.ts';
import type { Arguments, Elementwise, Job } from '../jobs/table.ts';
import * as writers from '../jobs/writers.generated.ts';
import type { Arena } from './arena.ts';
import type { KernelExports } from './module.ts';

const PATIENCE = 60_000; // milliseconds to wait while nothing happens
const MOST_PENDING = QUEUE_SLOTS - 1; // the next job's arguments need a free slot
const FEW_PENDING = 2; // what the host leaves to the workers when it has helped

/** The workers of a pool, which each platform starts in its own way. */
export interface Workers {
  readonly count: number;
  /** Why the pool can no longer be used. */
  readonly failure: string | undefined;
  /** Yields to other threads for a moment. */
  pause(): void;
  close(): Promise<void>;
}

/**
 * Runs the jobs of jobs/table.ts, each cut into chunks: alone, at once; or with workers, to which they are published, each after the one
 * before it (assembly/memory/queue.ts). The host then goes on, and computes with them when the queue is full, until it is nearly empty
 * (changing between both costs time at the ends of jobs), and in `finish`.
 */
export class Jobs {
  readonly #arena: Arena;
  readonly #exports: KernelExports;
  readonly #workers: Workers | undefined;
  /** The kernels' names, and the functions that compute a chunk, by their number among the exports, by which workers find them too. */
  readonly #names: readonly string[];
  readonly #kernels: readonly ((chunk: number) => void)[];
  readonly #numbers: Readonly<Record<Job, number>>;
  /** The number of the slot that the next job's arguments go to. */
  #next = 0;
  #published = 0;
  /** Why a chunk failed on this thread. */
  #reason = '';
  #broken: string | undefined;

  constructor(arena: Arena, exports: KernelExports, workers: Workers | undefined) {
    this.#arena = arena;
    this.#exports = exports;
    this.#workers = workers;
    this.#names = Object.keys(exports);
    this.#kernels = Object.values(exports) as ((chunk: number) => void)[];
    this.#numbers = Object.fromEntries(this.#names.map((name, number) => [name, number])) as Record<Job, number>;
    if (workers) exports.setThreads(this.threads);
  }

  get threads(): number {
    return 1 + (this.#workers?.count ?? 0);
  }

  /** A job over `size` elements or rows in chunks of `grain`. */
  each<J extends Elementwise>(job: J, size: number, grain: number, values: Arguments[J]): void {
    const { integers, floats } = this.#arena;
    writers.groups.elements({ size, grain }, this.#slot, integers, floats);
    this.run(job, Math.ceil(size / grain), values);
  }

  /** Computes all chunks of a job, or has them computed after those of earlier jobs. Throws a DeviceLost if an earlier one failed. */
  run<J extends Job>(job: J, chunks: number, values: Arguments[J]): void {
    const number = this.#numbers[job];
    writers.jobs[job](values, this.#slot, this.#arena.integers, this.#arena.floats);
    if (chunks === 0) return;
    if (!this.#workers) {
      const compute = this.#kernels[number];
      for (let chunk = 0; chunk < chunks; chunk++) compute(chunk);
      return;
    }
    this.#help(this.#exports.pending() < MOST_PENDING ? MOST_PENDING : FEW_PENDING, this.#workers);
    this.#exports.publish(number, chunks);
    this.#published += 1;
    this.#next = (this.#next + 1) % QUEUE_SLOTS;
  }

  /** How many jobs were published so far. */
  get published(): number {
    return this.#published;
  }

  /** Whether all jobs are done, without an error. */
  get idle(): boolean {
    return this.#broken === undefined && this.#exports.pending() === 0 && this.#exports.failed() < 0;
  }

  /** Waits until the first `jobs` of those that were published are done, all by default. Throws a DeviceLost if one failed. */
  finish(jobs = this.#published): void {
    if (this.#workers) this.#help(this.#published - jobs, this.#workers);
  }

  async close(): Promise<void> {
    if (this.#workers) this.#exports.stop();
    await this.#workers?.close();
  }

  /** The index of the slot's first word. */
  get #slot(): number {
    return (QUEUE + SLOT_BYTES * this.#next) / 4;
  }

  /** Computes chunks until at most `most` jobs are left. */
  #help(most: number, workers: Workers): void {
    const { claim, pending } = this.#exports;
    this.#broken ??= workers.failure;
    while (!this.#broken && pending() > most) {
      const chunk = claim();
      if (chunk >= 0) this.#compute(chunk);
      else this.#wait(most, workers);
    }
    const failed = this.#exports.failed();
    if (failed >= 0) this.#broken ??= `kernel ${this.#names[failed]} failed${this.#reason}`;
    if (this.#broken) throw new DeviceLost(`the cpu device can no longer be used: ${this.#broken}`);
  }

  #compute(chunk: number): void {
    const { kernel, fail, complete } = this.#exports;
    try {
      this.#kernels[kernel()](chunk);
    } catch (error) {
      this.#reason ||= `: ${String(error)}`;
      fail();
    }
    complete();
  }

  /** Waits until at most `most` jobs are left or there are chunks to compute. */
  #wait(most: number, workers: Workers): void {
    const { changes, openKernel } = this.#exports;
    if (changes(most)) return;
    const start = performance.now();
    while (!changes(most)) {
      workers.pause();
      if (performance.now() - start < PATIENCE) continue;
      this.#broken ??= `kernel ${this.#names[openKernel()]} did not finish within ${PATIENCE / 1000} s`;
      return;
    }
  }
}
