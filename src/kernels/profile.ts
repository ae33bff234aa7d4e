import type { KernelName, KernelParameters } from './contract.ts';
import { flopsOf } from './cost.ts';

/** What one kernel took during a piece of work. */
export interface KernelUse {
  readonly kernel: string;
  /** Times that the device was started for it: more than calls where a device needs several passes. */
  readonly launches: number;
  /** Read and written, each array of a call once. */
  readonly bytes: number;
  /** Multiplications and additions in matrix products. */
  readonly flops: number;
  /** On the device; undefined where the device cannot measure it. */
  readonly milliseconds: number | undefined;
}

export interface KernelTime {
  readonly launches: number;
  readonly milliseconds: number;
}

/** How an asynchronous device measures its kernels, by name. */
export interface Timer {
  start(): void;
  stop(): Promise<ReadonlyMap<string, KernelTime>>;
}

/** Adds up what the kernels take during a piece of work. */
export class Profile {
  readonly #uses = new Map<string, { launches: number; bytes: number; flops: number; milliseconds: number }>();

  /** Notes a call; `milliseconds` where the call's own time is the kernel's. */
  note<K extends KernelName>(kernel: K, parameters: KernelParameters<K>, bytes: number, milliseconds: number): void {
    const use = this.#uses.get(kernel) ?? { launches: 0, bytes: 0, flops: 0, milliseconds: 0 };
    use.launches += 1;
    use.bytes += bytes;
    use.flops += flopsOf(kernel, parameters);
    use.milliseconds += milliseconds;
    this.#uses.set(kernel, use);
  }

  /** Without times, for a device that cannot measure. */
  counts(): KernelUse[] {
    return this.uses().map((use) => ({ ...use, milliseconds: undefined }));
  }

  /** @param times the device's own measurements, which take the place of the calls' */
  uses(times?: ReadonlyMap<string, KernelTime>): KernelUse[] {
    const found = [...this.#uses].map(([kernel, use]) => ({ kernel, ...use, ...times?.get(kernel) }));
    return found.toSorted((a, b) => b.milliseconds - a.milliseconds);
  }
}
