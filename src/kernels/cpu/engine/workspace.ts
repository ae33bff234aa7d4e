import type { Arena } from './arena.ts';

/** Memory for what lives within one kernel only (packed panels, partial sums): kept, and replaced when it is too small. */
export class Workspace {
  readonly #arena: Arena;
  #address = 0;
  #size = 0;

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** The address of at least `size` floats; what an earlier call gave is void. */
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
