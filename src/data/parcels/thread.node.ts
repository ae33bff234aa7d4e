import { Worker } from 'node:worker_threads';
import type { Work } from './inOrder.ts';
import type { Parcel } from './parcel.ts';

/** What a thread runs, in src as in dist. */
const PROGRAM = new URL(`./worker.node.${import.meta.url.slice(-2)}`, import.meta.url);

/** What is soon of no use, such as the text of parcels, is collected early: V8 would rather take a hundred megabytes more. */
const LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 96 };

interface Pending<Result> {
  readonly parcel: Parcel;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

/** Undefined where threads are forbidden, or none can be had. */
function opened(workerData: unknown): Worker | undefined {
  try {
    if (!PROGRAM.pathname.endsWith('.ts')) return new Worker(PROGRAM, { workerData, resourceLimits: LIMITS });
    // not built, as in tests: Node 20 gives threads no loader of TypeScript
    const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
    const source = `import(${loader}).then(({ register }) => { register(); return import(${JSON.stringify(PROGRAM)}); })`;
    return new Worker(source, { eval: true, workerData, resourceLimits: LIMITS });
  } catch {
    return undefined;
  }
}

/** A thread that works on parcels, one after another. What it fails to do is done by the caller's thread. */
export class Thread<Result> {
  readonly #run: (parcel: Parcel) => Result;
  readonly #worker: Worker | undefined;
  readonly #pending: Pending<Result>[] = [];
  #up = false;
  /** Until it has started, or failed to. */
  readonly started: Promise<void>;

  /** @param run the work on the caller's thread */
  constructor({ argument }: Work<Result>, run: (parcel: Parcel) => Result) {
    this.#run = run;
    this.#worker = opened(argument);
    this.started = new Promise((resolve) => {
      if (!this.#worker) return resolve();
      this.#worker
        .once('message', () => {
          this.#up = true;
          this.#worker?.on('message', (result: Result) => this.#pending.shift()?.resolve(result));
          resolve();
        })
        .on('error', () => this.#fail())
        .on('exit', () => {
          this.#fail();
          resolve();
        });
    });
  }

  /** Whether it takes parcels: it has started, and has not failed. */
  get isUp(): boolean {
    return this.#up;
  }

  /** Parcels that it has yet to finish. */
  get pending(): number {
    return this.#pending.length;
  }

  do(parcel: Parcel): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ parcel, resolve, reject });
      this.#worker?.postMessage(parcel);
    });
  }

  async close(): Promise<void> {
    this.#pending.length = 0;
    await this.#worker?.terminate();
  }

  #fail(): void {
    this.#up = false;
    for (const { parcel, resolve, reject } of this.#pending.splice(0))
      try {
        resolve(this.#run(parcel));
      } catch (error) {
        reject(error);
      }
  }
}
