import { BertrandError } from '../../../error.ts';
import { ARENA } from '../jobs/layout.ts';

const PAGE = 65536;
const MOST_PAGES = PAGE; // 4 GiB: the range of 32-bit addresses
const FEWEST_PAGES = 1024;
const ALIGNMENT = 64;
const SLACK = 64; // kernels may read a little past an array, so memory extends beyond the last one

const NO_ADDRESSES =
  'the cpu device cannot reserve memory: WebAssembly needs 8 to 10 GB of address space in this environment';
const MORE_ADDRESSES =
  'raise the limit (ulimit -v), or set NODE_OPTIONS=--disable-wasm-trap-handler, which lowers the need to 0.3 to 4 GB';

interface Hole {
  address: number;
  size: number;
}

/**
 * Allocates from one WebAssembly.Memory, which grows on demand: best fit among the holes, and adjacent holes are merged. Addresses are
 * byte offsets, 64-byte aligned.
 */
export class Arena {
  readonly memory: WebAssembly.Memory;
  readonly #limit: number;
  #top = ARENA;
  readonly #sizes = new Map<number, number>();
  readonly #holes: Hole[] = []; // by address
  // Views of all of memory, made anew when it has grown. (Its `buffer` is slow to ask for.)
  #floats: Float32Array | undefined;
  #integers: Int32Array | undefined;
  #doubles: Float64Array | undefined;

  /**
   * Throws a BertrandError if the system cannot reserve addresses for the memory.
   * @param most the maximum size in bytes
   */
  constructor(shared: boolean, most = Infinity) {
    const pages = Math.max(FEWEST_PAGES, Math.min(MOST_PAGES, Math.floor(most / PAGE)));
    this.#limit = pages * PAGE;
    try {
      this.memory = new WebAssembly.Memory({ initial: 1, maximum: pages, shared });
    } catch (error) {
      throw new BertrandError(NO_ADDRESSES, { advice: MORE_ADDRESSES, cause: error });
    }
  }

  /** Bytes allocated so far, in use or not. */
  get reserved(): number {
    return this.#top - ARENA;
  }

  /** The address of `bytes` bytes, uninitialised. Throws a BertrandError beyond the limit or if the system has no memory. */
  allocate(bytes: number): number {
    const size = Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    const address = this.#fill(size) ?? this.#append(size);
    this.#sizes.set(address, size);
    return address;
  }

  release(address: number): void {
    let size = this.#sizes.get(address);
    if (size === undefined) return;
    this.#sizes.delete(address);
    const after = this.#holes.findIndex((hole) => hole.address > address);
    const next = after === -1 ? this.#holes.length : after;
    const [before, behind] = [this.#holes[next - 1], this.#holes[next]];
    const joins = behind?.address === address + size;
    if (joins) size += behind.size;
    if (before && before.address + before.size === address) {
      before.size += size;
      if (joins) this.#holes.splice(next, 1);
    } else this.#holes.splice(next, joins ? 1 : 0, { address, size });
  }

  #fill(size: number): number | undefined {
    let best: Hole | undefined;
    for (const hole of this.#holes) if (hole.size >= size && hole.size < (best?.size ?? Infinity)) best = hole;
    if (!best) return undefined;
    const { address } = best;
    best.address += size;
    best.size -= size;
    if (best.size === 0) this.#holes.splice(this.#holes.indexOf(best), 1);
    return address;
  }

  /** Memory at the end, including a hole there if there is one. */
  #append(size: number): number {
    const last = this.#holes.at(-1);
    const address = last && last.address + last.size === this.#top ? last.address : this.#top;
    this.#grow(address + size + SLACK, size);
    if (address < this.#top) this.#holes.pop();
    this.#top = address + size;
    return address;
  }

  /** All of memory as floats. Do not store it: growth replaces it. */
  get floats(): Float32Array {
    return (this.#floats ??= new Float32Array(this.memory.buffer));
  }

  get integers(): Int32Array {
    return (this.#integers ??= new Int32Array(this.memory.buffer));
  }

  get doubles(): Float64Array {
    return (this.#doubles ??= new Float64Array(this.memory.buffer));
  }

  #grow(end: number, size: number): void {
    const missing = Math.ceil((end - this.memory.buffer.byteLength) / PAGE);
    if (missing <= 0) return;
    const advice = 'lower batchSize, sequenceLength or vocabSize';
    if (end > this.#limit)
      throw new BertrandError(
        `the cpu device cannot allocate ${mebibytes(size)} in addition to the ${mebibytes(this.#top)} in use: its limit is ${mebibytes(this.#limit)}`,
        { advice },
      );
    try {
      this.memory.grow(missing);
    } catch {
      throw new BertrandError(
        `the system has no ${mebibytes(size)} for the cpu device in addition to the ${mebibytes(this.#top)} in use`,
        { advice: `free memory or ${advice}` },
      );
    }
    this.#floats = this.#integers = this.#doubles = undefined;
  }
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
