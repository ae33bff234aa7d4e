import type { ArrayType, Handles, Kernels } from './contract.ts';
import type { Timer } from './profile.ts';

export type DeviceName = 'webgpu' | 'webgl' | 'cpu' | 'reference';
export type HostArray = Float32Array | Float64Array | Int32Array;

/** What a device's folder provides; `createDevice` adds checks, the pool and memory accounting. */
export interface Backend<H extends Handles> {
  readonly name: DeviceName;
  /** One line for people: which hardware, how many threads, which features. */
  readonly description: string;
  /** The part of it that the last bits of results depend on; all of it by default. */
  readonly arithmetic?: string;
  /** Who computes products, where there is a choice: a value of the config's `cpu.products`. */
  readonly products?: string;
  readonly kernels: Kernels<H>;
  /** How kernels are timed: `call` where one has run when its call returns; left out where the device cannot measure it. */
  readonly timer?: 'call' | Timer;
  /** Bytes an element of f32 takes here. */
  readonly elementBytes: number;
  /** What `real` outputs are made as; f32 by default. */
  readonly real?: 'f32' | 'f16';
  /** Views must begin at a multiple of this many elements (twice as many of f16); 0 when the device has no views. */
  readonly viewAlignment: number;
  /** Elements of f32 that one array can hold, where there is such a limit. */
  readonly largestArray?: number;
  /**
   * Bytes taken from the system by a backend that gives released memory again in other sizes; one that does not leaves it out, and
   * its arrays wait in the pool.
   */
  reserved?(): number;
  /** A block of at least `size` elements with whatever is in it; throws a BertrandError that says size, limit and what to change. */
  allocate<T extends ArrayType>(type: T, size: number): H[T];
  release<T extends ArrayType>(type: T, handle: H[T]): void;
  view<T extends ArrayType>(type: T, handle: H[T], offset: number, size: number): H[T];
  write<T extends ArrayType>(type: T, handle: H[T], data: ArrayLike<number>): void;
  /** Fills with zeros, where that goes without an array of zeros on the host. */
  clear?<T extends ArrayType>(type: T, handle: H[T], size: number): void;
  /** Resolves to the contents as of now: kernels enqueued later do not show. */
  read<T extends ArrayType>(type: T, handle: H[T], size: number): Promise<HostArray>;
  close(): Promise<void>;
}

export interface MemoryUse {
  /** Bytes in arrays that are in use. */
  readonly live: number;
  /** The most that `live` has been. */
  readonly peak: number;
  /** Bytes taken from the device, in use or waiting in the pool. */
  readonly reserved: number;
  /** How often the device had to be asked for memory; constant after a training loop's second step. */
  readonly allocations: number;
}
