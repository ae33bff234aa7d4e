import { DeviceLost } from '../../deviceLost.ts';
import type { Arguments, Elementwise, Job } from '../jobs/table.ts';
import * as writers from '../jobs/writers.generated.ts';
import type { Arena } from './arena.ts';
import type { KernelExports } from './module.ts';

const PATIENCE = 60_000; // milliseconds to wait for the workers' chunks of a kernel

/** The workers of a pool, which each platform starts in its own way. */
export interface Workers {
  readonly count: number;
  /** Why the pool can no longer be used. */
  readonly failure: string | undefined;
  /** Yields to other threads for a moment. */
  pause(): void;
  close(): Promise<void>;
}

/** A kernel's index among the exports, by which workers find it too, and the function that computes a chunk. */
interface Kernel {
  readonly number: number;
  readonly run: (chunk: number) => void;
}

/** Runs the jobs of jobs/table.ts, each cut into chunks: alone, or with workers that claim chunks from the job block. */
export class Jobs {
  readonly #arena: Arena;
  readonly #exports: KernelExports;
  readonly #kernels: Readonly<Record<Job, Kernel>>;
  readonly #workers: Workers | undefined;
  #broken: string | undefined;

  constructor(arena: Arena, exports: KernelExports, workers: Workers | undefined) {
    this.#arena = arena;
    this.#exports = exports;
    this.#workers = workers;
    const kernels = Object.entries(exports).map(([name, run], number) => [name, { number, run }]);
    this.#kernels = Object.fromEntries(kernels) as Record<Job, Kernel>;
  }

  get threads(): number {
    return 1 + (this.#workers?.count ?? 0);
  }

  /** Computes a job over `size` elements or rows in chunks of `grain`. */
  each<J extends Elementwise>(job: J, size: number, grain: number, values: Arguments[J]): void {
    writers.groups.elements({ size, grain }, this.#arena.integers, this.#arena.floats);
    this.run(job, Math.ceil(size / grain), values);
  }

  /** Computes all chunks of a job. */
  run<J extends Job>(job: J, chunks: number, values: Arguments[J]): void {
    const kernel = this.#kernels[job];
    writers.jobs[job](values, this.#arena.integers, this.#arena.floats);
    if (!this.#workers || chunks < 2) for (let chunk = 0; chunk < chunks; chunk++) kernel.run(chunk);
    else this.#share(job, kernel, chunks, this.#workers);
  }

  async close(): Promise<void> {
    if (this.#workers) this.#exports.stop();
    await this.#workers?.close();
  }

  #share(name: Job, { number, run }: Kernel, chunks: number, workers: Workers): void {
    const { publish, claim, complete, fail, failed } = this.#exports;
    this.#broken ??= workers.failure;
    if (!this.#broken) {
      publish(number, chunks, this.threads);
      let reason = '';
      for (let chunk = claim(); chunk >= 0; chunk = claim()) {
        try {
          run(chunk);
        } catch (error) {
          reason = `: ${String(error)}`;
          fail();
        }
        complete();
      }
      this.#wait(name, chunks, workers);
      if (failed()) this.#broken ??= `kernel ${name} failed${reason}`;
    }
    if (this.#broken) throw new DeviceLost(`the cpu device can no longer be used: ${this.#broken}`);
  }

  #wait(name: Job, chunks: number, workers: Workers): void {
    if (this.#exports.finished(chunks)) return;
    const start = performance.now();
    while (!this.#exports.finished(chunks)) {
      workers.pause();
      if (performance.now() - start < PATIENCE) continue;
      this.#broken ??= `kernel ${name} did not finish within ${PATIENCE / 1000} s`;
      return;
    }
  }
}
