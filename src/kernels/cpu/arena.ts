import { BertrandError } from '../../error.ts';

const PAGE = 65536;
const LIMIT = PAGE * PAGE; // 4 GiB: what 32-bit addresses reach
const ALIGNMENT = 64;
const FIRST = PAGE; // the job block and the kernels' own constants come before
const SLACK = 64; // kernels may read a little past an array, so the last one ends before the memory does

/** Hands out the bytes of one WebAssembly.Memory, which grows on demand. Addresses are byte offsets, 64-byte aligned. */
export class Arena {
  readonly memory: WebAssembly.Memory;
  #top = FIRST;
  readonly #sizes = new Map<number, number>();
  readonly #released = new Map<number, number[]>();
  #floats: Float32Array | undefined;
  #integers: Int32Array | undefined;
  #doubles: Float64Array | undefined;

  constructor(shared: boolean) {
    this.memory = new WebAssembly.Memory({ initial: 1, maximum: PAGE, shared });
  }

  /** Zero-filled memory for `bytes` bytes. */
  allocate(bytes: number): number {
    const size = Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    let address = this.#released.get(size)?.pop();
    if (address === undefined) {
      this.#grow(this.#top + size + SLACK, size);
      address = this.#top;
      this.#top += size;
    } else new Uint8Array(this.memory.buffer, address, size).fill(0);
    this.#sizes.set(address, size);
    return address;
  }

  release(address: number): void {
    const size = this.#sizes.get(address);
    if (size === undefined) return;
    this.#sizes.delete(address);
    const shelf = this.#released.get(size);
    if (shelf) shelf.push(address);
    else this.#released.set(size, [address]);
  }

  /** All of memory as floats: remade when memory has grown, so not to be kept. */
  get floats(): Float32Array {
    if (this.#floats?.buffer !== this.memory.buffer) this.#floats = new Float32Array(this.memory.buffer);
    return this.#floats;
  }

  get integers(): Int32Array {
    if (this.#integers?.buffer !== this.memory.buffer) this.#integers = new Int32Array(this.memory.buffer);
    return this.#integers;
  }

  get doubles(): Float64Array {
    if (this.#doubles?.buffer !== this.memory.buffer) this.#doubles = new Float64Array(this.memory.buffer);
    return this.#doubles;
  }

  #grow(end: number, size: number): void {
    const missing = Math.ceil((end - this.memory.buffer.byteLength) / PAGE);
    if (missing <= 0) return;
    const advice = 'lower batchSize, sequenceLength or vocabSize';
    if (end > LIMIT)
      throw new BertrandError(
        `the cpu device cannot hold ${mebibytes(size)} more beside the ${mebibytes(this.#top)} in use: its limit is ${mebibytes(LIMIT)}; ${advice}`,
      );
    try {
      this.memory.grow(missing);
    } catch {
      throw new BertrandError(
        `the system gave the cpu device no ${mebibytes(size)} more beside the ${mebibytes(this.#top)} in use; free memory or ${advice}`,
      );
    }
  }
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
