import type { KernelName, KernelParameters } from './contract.ts';
import { flopsOf } from './cost.ts';

/** The total cost of one kernel while profiling. */
export interface KernelUse {
  readonly kernel: string;
  /** Launches on the device: more than calls if a kernel needs several passes. */
  readonly launches: number;
  /** Bytes read and written, counting each array of a call once. */
  readonly bytes: number;
  /** Multiplications and additions in matrix products. */
  readonly flops: number;
  /** Time on the device; undefined if the device cannot measure it. */
  readonly milliseconds: number | undefined;
}

export interface KernelTime {
  readonly launches: number;
  readonly milliseconds: number;
}

/** Measures the kernels of an asynchronous device, by name. */
export interface Timer {
  start(): Promise<void>;
  stop(): Promise<ReadonlyMap<string, KernelTime>>;
}

/** Adds up the cost of kernels while profiling. */
export class Profile {
  readonly #uses = new Map<string, { launches: number; bytes: number; flops: number; milliseconds: number }>();

  /** Adds a call. @param milliseconds the duration of the call, which is the kernel's time only on a synchronous device */
  note<K extends KernelName>(kernel: K, parameters: KernelParameters<K>, bytes: number, milliseconds: number): void {
    const use = this.#uses.get(kernel) ?? { launches: 0, bytes: 0, flops: 0, milliseconds: 0 };
    use.launches += 1;
    use.bytes += bytes;
    use.flops += flopsOf(kernel, parameters);
    use.milliseconds += milliseconds;
    this.#uses.set(kernel, use);
  }

  /** Without times, for a device that cannot measure them. */
  counts(): KernelUse[] {
    return this.uses().map((use) => ({ ...use, milliseconds: undefined }));
  }

  /** The costs, the longest first. @param times the device's own measurements, which replace the durations of the calls */
  uses(times?: ReadonlyMap<string, KernelTime>): KernelUse[] {
    const none = { launches: 0, bytes: 0, flops: 0, milliseconds: 0 };
    const kernels = new Set([...this.#uses.keys(), ...(times?.keys() ?? [])]); // a kernel may run passes of another
    const found = [...kernels].map((kernel) => ({ kernel, ...none, ...this.#uses.get(kernel), ...times?.get(kernel) }));
    return found.toSorted((a, b) => b.milliseconds - a.milliseconds);
  }
}
