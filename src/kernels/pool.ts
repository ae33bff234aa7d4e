import type { ArrayType, Handles } from './contract.ts';
import type { Backend, MemoryUse } from './backend.ts';

// Arrays of at least this many bytes are returned to a backend that can reuse their memory in other sizes. Smaller ones stay in the
// pool, since they would fragment its free memory.
const LARGE = 2 ** 16;

const VECTOR = 4; // elements: arrays hold whole vectors

// Arrays of at least this many bytes that outlive a step (weights, gradients, moments) are not rounded to a size class.
const LONG_LIVED = 2 ** 20;

/** An array available for reuse. */
interface Free<H> {
  readonly handle: H;
  /** How many arrays were allocated before it. */
  readonly age: number;
}

/**
 * Freed arrays by size class, so that a training step reuses the arrays of the previous one. The oldest array of a class is
 * taken first, whatever the order in which they were freed. Every step thus gives a kernel the same arrays, and what a device
 * caches for them (WebGPU's bind groups) is reused.
 */
export class Pool<H extends Handles> {
  readonly #backend: Backend<H>;
  /** Each list from the youngest to the oldest. */
  readonly #free: { [T in ArrayType]: Map<number, Free<H[T]>[]> } = { f32: new Map(), f16: new Map(), i32: new Map() };
  /** By array: how many were allocated before it, and its elements. */
  readonly #made = new Map<H[ArrayType], { readonly age: number; readonly elements: number }>();
  #live = 0;
  #peak = 0;
  #reserved = 0;
  #allocations = 0;

  constructor(backend: Backend<H>) {
    this.#backend = backend;
  }

  get use(): MemoryUse {
    return { live: this.#live, peak: this.#peak, reserved: this.#reserved, allocations: this.#allocations };
  }

  /** @param lasting whether it outlives a step, so that few of its size are ever needed */
  take<T extends ArrayType>(type: T, size: number, lasting = false): H[T] {
    const { elements, bytes, returns } = this.#sizes(type, size, lasting);
    const handle = this.#free[type].get(elements)?.pop()?.handle ?? this.#allocate(type, elements, bytes, returns);
    this.#live += bytes;
    this.#peak = Math.max(this.#peak, this.#live);
    return handle;
  }

  give<T extends ArrayType>(type: T, handle: H[T], size: number): void {
    const made = this.#made.get(handle);
    if (!made) {
      this.#live -= size * bytesPerElement(this.#backend, type);
      return this.#backend.release(type, handle);
    }
    const { age, elements } = made;
    this.#live -= elements * bytesPerElement(this.#backend, type);
    const free = this.#free[type].get(elements) ?? [];
    this.#free[type].set(elements, free);
    let place = free.length;
    while (place > 0 && free[place - 1].age < age) place -= 1;
    free.splice(place, 0, { handle, age });
  }

  /** What an array occupies, and whether it is returned to the backend when freed, in which case its size is not rounded. */
  #sizes(type: ArrayType, size: number, lasting = false): { elements: number; bytes: number; returns: boolean } {
    const width = bytesPerElement(this.#backend, type);
    const returns = this.#backend.reserved !== undefined && size * width >= LARGE;
    const whole = lasting && size * width >= LONG_LIVED;
    const elements = returns ? size : whole ? VECTOR * Math.ceil(size / VECTOR) : sizeClass(size);
    return { elements, bytes: elements * width, returns };
  }

  #allocate<T extends ArrayType>(type: T, elements: number, bytes: number, returns: boolean): H[T] {
    const handle = this.#backend.allocate(type, elements);
    if (!returns) this.#made.set(handle, { age: this.#made.size, elements });
    const reserved = this.#backend.reserved?.() ?? this.#reserved + bytes;
    if (reserved > this.#reserved) this.#allocations += 1;
    this.#reserved = reserved;
    return handle;
  }
}

export function bytesPerElement({ elementBytes }: { readonly elementBytes: number }, type: ArrayType): number {
  return { f32: elementBytes, f16: 2, i32: 4 }[type];
}

/** Sizes are rounded up to eighths of a power of two, so that batches of nearly equal size share their arrays. */
export function sizeClass(size: number): number {
  const grain = 2 ** Math.max(2, Math.ceil(Math.log2(Math.max(size, 1))) - 4);
  return Math.ceil(Math.max(size, 1) / grain) * grain;
}
