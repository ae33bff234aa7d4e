import type { FileHandle } from 'node:fs/promises';
import { BertrandError } from '../../error.ts';

const PAGE_BYTES = 1 << 16;
const PAGES = 256;

/** Positioned reads of a file through a cache of the pages used last: at most 16 MiB, whatever the file's size. */
export class PagedReader {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #pages = new Map<number, Promise<Buffer>>();

  constructor(file: FileHandle, path: string) {
    this.#file = file;
    this.#path = path;
  }

  /** The bytes [start, end) of the file. Throws a BertrandError if it has become shorter. */
  async read(start: number, end: number): Promise<Buffer> {
    const result = Buffer.allocUnsafe(end - start);
    for (let at = start; at < end;) {
      const index = Math.floor(at / PAGE_BYTES);
      const page = await this.#page(index);
      const from = at - index * PAGE_BYTES;
      const copied = page.copy(result, at - start, from);
      if (copied === 0) throw new BertrandError(`${this.#path}: ends before byte ${end}; it was changed while in use`);
      at += copied;
    }
    return result;
  }

  #page(index: number): Promise<Buffer> {
    const known = this.#pages.get(index);
    if (known) this.#pages.delete(index); // set again below: the map's order is the order of use
    const page = known ?? this.#load(index);
    this.#pages.set(index, page);
    if (this.#pages.size > PAGES) this.#pages.delete(this.#pages.keys().next().value!);
    return page;
  }

  async #load(index: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(PAGE_BYTES);
    const { bytesRead } = await this.#file.read(bytes, 0, PAGE_BYTES, index * PAGE_BYTES);
    return bytes.subarray(0, bytesRead);
  }
}
