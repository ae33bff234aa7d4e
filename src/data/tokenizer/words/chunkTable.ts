/** Longer chunks are rare and seldom seen twice: they are not kept. */
export const LONGEST_KEPT_CHUNK = 64;

const [TAB, NEWLINE, RETURN, SPACE] = [9, 10, 13, 32];

/**
 * Numbers the distinct chunks of texts: what is between the four characters that every WordPiece tokenizer takes for space.
 * What a chunk becomes is the same wherever it stands, so the work of normalising is done once a distinct chunk and not once an
 * occurrence. It makes no string of a chunk that it knows, and holds its own as characters in one array.
 */
export class ChunkTable {
  /** The most chunks that are kept. */
  readonly #most: number;
  /** Open addressing: the number of a chunk and 1, or 0. */
  readonly #slots: Int32Array;
  readonly #hashes: Int32Array;
  /** Where the characters of each end. */
  readonly #ends: Int32Array;
  #characters = new Uint16Array(1 << 16);
  #count = 0;

  constructor(most = 1 << 19) {
    this.#most = most;
    this.#slots = new Int32Array(2 ** (Math.ceil(Math.log2(most)) + 1));
    this.#hashes = new Int32Array(most);
    this.#ends = new Int32Array(most);
  }

  /** How many there are, numbered from 0. */
  get count(): number {
    return this.#count;
  }

  /** Whether the next chunk that is new has no room. */
  get isFull(): boolean {
    return this.#count >= this.#most;
  }

  /** The chunk of a number. */
  chunk(number: number): string {
    return String.fromCharCode(...this.#characters.subarray(this.#ends[number - 1] ?? 0, this.#ends[number]));
  }

  /** Forgets all. */
  clear(): void {
    this.#slots.fill(0);
    this.#count = 0;
  }

  /**
   * Tells of each chunk of a text, in order.
   * @param known is given the number of one that it has, and may be called with it once more
   * @param other is given where one stands that it has not or does not keep
   */
  scan(text: string, known: (number: number) => void, other: (start: number, end: number, hash: number) => void): void {
    let start = 0;
    let hash = 0;
    for (let at = 0; at <= text.length; at++) {
      const character = at < text.length ? text.charCodeAt(at) : SPACE;
      if (character !== SPACE && character !== NEWLINE && character !== TAB && character !== RETURN) {
        hash = Math.imul(hash ^ character, 0x9e3779b1);
        hash ^= hash >>> 15;
        continue;
      }
      if (at > start) {
        const number = at - start > LONGEST_KEPT_CHUNK ? -1 : this.#find(text, start, at, hash);
        if (number < 0) other(start, at, hash);
        else known(number);
      }
      start = at + 1;
      hash = 0;
    }
  }

  /** Adds a chunk of at most LONGEST_KEPT_CHUNK characters that it has not. @returns its number */
  add(text: string, start: number, end: number, hash: number): number {
    const number = this.#count++;
    const from = this.#ends[number - 1] ?? 0;
    const to = from + end - start;
    if (to > this.#characters.length) {
      const grown = new Uint16Array(2 * this.#characters.length);
      grown.set(this.#characters);
      this.#characters = grown;
    }
    for (let i = start; i < end; i++) this.#characters[from + i - start] = text.charCodeAt(i);
    this.#ends[number] = to;
    this.#hashes[number] = hash;
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = number + 1;
    return number;
  }

  #find(text: string, start: number, end: number, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = this.#slots[slot] - 1;
      if (number < 0) return -1;
      if (this.#hashes[number] === hash && this.#equals(number, text, start, end)) return number;
    }
  }

  #equals(number: number, text: string, start: number, end: number): boolean {
    const from = number === 0 ? 0 : this.#ends[number - 1];
    if (this.#ends[number] - from !== end - start) return false;
    for (let i = start; i < end; i++) if (this.#characters[from + i - start] !== text.charCodeAt(i)) return false;
    return true;
  }
}
