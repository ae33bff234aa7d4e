import type { ArrayType, Handles, Kernels } from './contract.ts';
import type { Timer } from './profile.ts';

/** The kinds of devices. */
export type DeviceName = 'webgpu' | 'webgl' | 'cpu' | 'reference';
/** Numbers on the host. */
export type HostArray = Float32Array | Float64Array | Int32Array;

/** What a device's folder provides; `createDevice` adds checks, the pool and memory accounting. */
export interface Backend<H extends Handles> {
  readonly name: DeviceName;
  /** One line for users: which hardware, how many threads, which features. */
  readonly description: string;
  /** The part of the description that the last bits of results depend on; all of it by default. */
  readonly arithmetic?: string;
  /** Who computes products, where there is a choice: a value of the config's `cpu.products`. */
  readonly products?: string;
  readonly kernels: Kernels<H>;
  /** How kernels are timed: `call` if a kernel has finished when its call and `finish` return; undefined if the device cannot measure it. */
  readonly timer?: 'call' | Timer;
  /** Waits for all kernels, if they may still run when their calls return. */
  finish?(): void;
  /** Bytes that kernels have moved so far through arrays of their own, such as parts of sums. */
  moved?(): number;
  /** Bytes per f32 element. */
  readonly elementBytes: number;
  /** The type of `real` outputs; f32 by default. */
  readonly real?: 'f32' | 'f16';
  /** Views must begin at a multiple of this many elements (twice as many for f16); 0 if the device has no views. */
  readonly viewAlignment: number;
  /** Number of f32 elements that one array can hold, if limited. */
  readonly largestArray?: number;
  /**
   * Bytes taken from the system, for a backend that can reuse released memory for arrays of other sizes. If absent, freed arrays
   * stay in the pool.
   */
  reserved?(): number;
  /** An uninitialised block of at least `size` elements; throws a BertrandError that states size, limit and what to change. */
  allocate<T extends ArrayType>(type: T, size: number): H[T];
  release<T extends ArrayType>(type: T, handle: H[T]): void;
  view<T extends ArrayType>(type: T, handle: H[T], offset: number, size: number): H[T];
  write<T extends ArrayType>(type: T, handle: H[T], data: ArrayLike<number>): void;
  /** Fills with zeros, if the device can do so without an array of zeros on the host. */
  clear?<T extends ArrayType>(type: T, handle: H[T], size: number): void;
  /** The array's numbers in the host's memory, if the device computes there. */
  hostView?<T extends ArrayType>(type: T, handle: H[T], size: number): HostArray;
  /** Resolves to the contents at the time of the call: kernels enqueued later have no effect. */
  read<T extends ArrayType>(type: T, handle: H[T], size: number): Promise<HostArray>;
  close(): Promise<void>;
}

/** Bytes of arrays on a device. */
export interface MemoryUse {
  /** Bytes in arrays that are in use. */
  readonly live: number;
  /** The maximum of `live` so far, in bytes. */
  readonly peak: number;
  /** Bytes taken from the device, in use or waiting in the pool. */
  readonly reserved: number;
  /** Number of times memory was requested from the device; constant after a training loop's second step. */
  readonly allocations: number;
}
