import { BertrandError } from '../../../error.ts';
import type { Arena } from './arena.ts';
import type { KernelExports } from './module.ts';

const INTEGERS = 260 / 4; // places of the job block in assembly/job.ts
const REALS = 512 / 8;
const PATIENCE = 60_000; // milliseconds after which a chunk that does not end is given up

/** The workers of a pool; how they come to be is the platform's affair. */
export interface Workers {
  readonly count: number;
  /** Why the pool cannot be relied on any more. */
  readonly failure: string | undefined;
  /** Lets others run for a moment. */
  pause(): void;
  close(): Promise<void>;
}

type ChunkKernel = (chunk: number) => void;

/** Runs kernels, each cut into chunks: alone, or with workers that claim chunks from the job block. */
export class Jobs {
  readonly #arena: Arena;
  readonly #exports: KernelExports;
  readonly #kernels = new Map<string, { number: number; run: ChunkKernel }>();
  readonly #workers: Workers | undefined;
  #broken: string | undefined;

  constructor(arena: Arena, exports: KernelExports, workers: Workers | undefined) {
    this.#arena = arena;
    this.#exports = exports;
    this.#workers = workers;
    for (const [number, [name, run]] of Object.entries(exports).entries())
      this.#kernels.set(name, { number, run: run as ChunkKernel });
  }

  get threads(): number {
    return 1 + (this.#workers?.count ?? 0);
  }

  /** Computes all chunks of a kernel (an export of assembly/), whose parameters are `integers` (also addresses) and `reals`. */
  run(name: string, chunks: number, integers: readonly number[], reals: readonly number[] = []): void {
    const kernel = this.#kernels.get(name);
    if (!kernel) throw new Error(`assembly/ exports no ${name}`);
    this.#arena.integers.set(integers, INTEGERS);
    this.#arena.doubles.set(reals, REALS);
    if (!this.#workers || chunks < 2) for (let chunk = 0; chunk < chunks; chunk++) kernel.run(chunk);
    else this.#share(name, kernel.number, kernel.run, chunks, this.#workers);
  }

  async close(): Promise<void> {
    if (this.#workers) this.#exports.stop();
    await this.#workers?.close();
  }

  #share(name: string, number: number, run: ChunkKernel, chunks: number, workers: Workers): void {
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
    if (this.#broken) throw new BertrandError(`the cpu device is of no more use: ${this.#broken}; open it anew`);
  }

  #wait(name: string, chunks: number, workers: Workers): void {
    if (this.#exports.finished(chunks)) return;
    const start = performance.now();
    while (!this.#exports.finished(chunks)) {
      workers.pause();
      if (performance.now() - start < PATIENCE) continue;
      this.#broken ??= `kernel ${name} did not end within ${PATIENCE / 1000} s`;
      return;
    }
  }
}
