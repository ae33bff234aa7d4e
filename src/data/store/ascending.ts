const BLOCK = 16;
/** How many numbers one array holds: grown by arrays, so that growing copies nothing. */
const CHUNK = 1 << 16;
/** The largest difference that takes two bytes. */
const SHORT = 2 ** 16 - 1;
/** Stands for a difference that has no room in four. */
const ELSEWHERE = 2 ** 32 - 1;

/** Whole numbers that never fall, in 2.5 bytes each, or 4.5 where they lie far apart: there may be as many as documents. */
export class Ascending {
  /** The first of each 16. */
  readonly #bases: Float64Array[] = [];
  /** What each is above the first of its 16. */
  readonly #above: (Uint16Array | Uint32Array)[] = [];
  /** By their places, those that are too far above it. */
  readonly #far = new Map<number, number>();
  #length = 0;

  static of(values: Iterable<number>): Ascending {
    const result = new Ascending();
    for (const value of values) result.push(value);
    return result;
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    const within = this.#length % CHUNK;
    if (within === 0) {
      this.#bases.push(new Float64Array(CHUNK / BLOCK));
      this.#above.push(new Uint16Array(CHUNK));
    }
    const last = this.#above.length - 1;
    const bases = this.#bases[this.#bases.length - 1];
    if (within % BLOCK === 0) bases[within / BLOCK] = value;
    const above = value - bases[Math.floor(within / BLOCK)];
    if (above >= ELSEWHERE) this.#far.set(this.#length, value);
    if (above > SHORT && this.#above[last] instanceof Uint16Array) {
      const wide = new Uint32Array(CHUNK);
      wide.set(this.#above[last]);
      this.#above[last] = wide;
    }
    this.#above[last][within] = Math.min(above, ELSEWHERE);
    this.#length += 1;
  }

  /** The number at a place, counted from 0. */
  at(place: number): number {
    const [chunk, within] = [Math.floor(place / CHUNK), place % CHUNK];
    const above = this.#above[chunk][within];
    return above === ELSEWHERE ? this.#far.get(place)! : this.#bases[chunk][Math.floor(within / BLOCK)] + above;
  }

  /** The last of them. */
  last(): number {
    return this.at(this.#length - 1);
  }

  /** The last place whose number is not above `value`, but for the very last place. */
  search(value: number): number {
    let low = 0;
    let high = this.#length - 1;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.at(middle) <= value) low = middle;
      else high = middle;
    }
    return low;
  }

  *[Symbol.iterator](): Generator<number> {
    for (let place = 0; place < this.#length; place++) yield this.at(place);
  }
}
