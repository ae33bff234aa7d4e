/** A growing list of token ids. */
export class IdList {
  #ids = new Int32Array(1 << 12);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(ids: Int32Array): void {
    this.#makeRoom(ids.length);
    this.#ids.set(ids, this.#length);
    this.#length += ids.length;
  }

  /** Those at [start, end) of another list, which are few. */
  appendFrom(other: IdList, start: number, end: number): void {
    const from = other.#ids;
    this.#makeRoom(end - start);
    for (let at = start; at < end; at++) this.#ids[this.#length++] = from[at];
  }

  /** All of them, which are then no longer in it. */
  take(): Int32Array {
    const all = this.#ids.slice(0, this.#length);
    this.#length = 0;
    return all;
  }

  clear(): void {
    this.#length = 0;
  }

  #makeRoom(more: number): void {
    if (this.#length + more <= this.#ids.length) return;
    const grown = new Int32Array(2 * (this.#length + more));
    grown.set(this.#ids.subarray(0, this.#length));
    this.#ids = grown;
  }
}
