import { sizeClass } from '../../pool.ts';

/** Memory for `size` elements of 1 or 4 numbers. */
export interface Memory {
  readonly size: number;
  readonly channels: 1 | 4;
}

/** Memory that kernels borrow, kept by size and reused, so that nothing is allocated after the second step. */
export class Shelf<M extends Memory> {
  readonly #create: (size: number, channels: 1 | 4) => M;
  readonly #free = new Map<string, M[]>();
  #borrowed: M[] = [];

  constructor(create: (size: number, channels: 1 | 4) => M) {
    this.#create = create;
  }

  /** Memory for at least `size` elements, until `takeBack`. */
  borrow(size: number, channels: 1 | 4): { memory: M } {
    const memory = this.#take(sizeClass(size), channels);
    this.#borrowed.push(memory);
    return { memory };
  }

  takeBack(): void {
    for (const memory of this.#borrowed) this.#give(memory);
    this.#borrowed = [];
  }

  /** Gives `array` the memory that `compute` has filled, and keeps its old memory for reuse. */
  replace(array: { memory: M }, compute: (fresh: { memory: M }) => void): void {
    const old = array.memory;
    const memory = this.#take(old.size, old.channels);
    compute({ memory });
    array.memory = memory;
    this.#give(old);
  }

  #take(size: number, channels: 1 | 4): M {
    return this.#free.get(`${size} x ${channels}`)?.pop() ?? this.#create(size, channels);
  }

  #give(memory: M): void {
    const key = `${memory.size} x ${memory.channels}`;
    const free = this.#free.get(key);
    if (free) free.push(memory);
    else this.#free.set(key, [memory]);
  }
}
