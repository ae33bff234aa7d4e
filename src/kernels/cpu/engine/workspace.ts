import type { Arena } from './arena.ts';

/** Memory for temporary data of one kernel (packed panels, partial sums): reused, and replaced when it is too small. */
export class Workspace {
  readonly #arena: Arena;
  #address = 0;
  #size = 0;

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** The address of at least `size` floats. Invalidates the address of earlier calls. */
  reserve(size: number): number {
    if (size > this.#size) {
      if (this.#address) this.#arena.release(this.#address);
      this.#size = 0;
      this.#address = this.#arena.allocate(4 * size);
      this.#size = size;
    }
    return this.#address;
  }
}
