import type { ArrayType } from '../../contract.ts';
import type { Arena } from './arena.ts';
import type { Jobs } from './jobs.ts';

const ROOM = 2 ** 17; // numbers written that are on their way at a time
const MOST_WRITTEN = 2 ** 14; // numbers that are worth a copy
const MOST_READ = 16;
const READS = 64; // at a time

type Numbers = Float32Array | Int32Array;

/** What was written to an array, and where the host finds it. */
interface Written {
  readonly address: number;
  readonly size: number;
  readonly source: number;
}

/**
 * The host's way to arrays. Few numbers wait for their turn among the kernels, in memory of their own; for many, all kernels are
 * finished first.
 */
export class Staging {
  readonly #arena: Arena;
  readonly #jobs: Jobs;
  readonly #room: number;
  #used = 0;
  /** Since the kernels were finished last. */
  #written: Written[] = [];
  /** Where what is read may be put. */
  readonly #places: number[];

  constructor(arena: Arena, jobs: Jobs) {
    this.#arena = arena;
    this.#jobs = jobs;
    const [room, reads] = jobs.threads > 1 ? [ROOM, READS] : [0, 0];
    this.#room = arena.allocate(4 * (room + reads * MOST_READ));
    this.#places = Array.from({ length: reads }, (_, i) => this.#room + 4 * (room + i * MOST_READ));
  }

  /** All of memory, once no kernel uses it. */
  finished(type: ArrayType): Numbers {
    this.#jobs.finish();
    this.#written = [];
    return this.#numbers(type);
  }

  write(type: ArrayType, address: number, data: ArrayLike<number>): void {
    const size = data.length;
    if (this.#jobs.idle || size > MOST_WRITTEN) return this.finished(type).set(data, address / 4);
    if (size === 0) return;
    const source = this.#take(size);
    this.#numbers(type).set(data, source / 4);
    this.#jobs.each('copy', size, size, { x: source, y: address });
    this.#written.push({ address, size, source });
  }

  /** The numbers that an array has now, whatever kernels do later. */
  read(type: ArrayType, address: number, size: number): Promise<Numbers> {
    const place = this.#jobs.idle || size > MOST_READ ? undefined : this.#places.pop();
    if (place === undefined) return Promise.resolve(this.finished(type).slice(address / 4, address / 4 + size));
    this.#jobs.each('copy', size, size, { x: address, y: place });
    const last = this.#jobs.published;
    return Promise.resolve().then(() => {
      try {
        this.#jobs.finish(last);
        return this.#numbers(type).slice(place / 4, place / 4 + size);
      } finally {
        this.#places.push(place);
      }
    });
  }

  /** Integers that the host wrote, or argmax, which is finished at once: no kernel need be waited for. */
  integers(address: number, size: number): Int32Array {
    const overlaps = (one: Written): boolean =>
      one.address < address + 4 * size && address < one.address + 4 * one.size;
    const latest = this.#written.findLast(overlaps);
    const whole = latest === undefined || (latest.address === address && latest.size >= size);
    const from = whole ? (latest?.source ?? address) : address;
    const integers = (whole ? this.#numbers('i32') : this.finished('i32')) as Int32Array;
    return integers.subarray(from / 4, from / 4 + size);
  }

  /** Before the device is closed: has ready what is being read. */
  close(): void {
    if (this.#jobs.threads === 1 || this.#places.length === READS) return;
    try {
      this.#jobs.finish();
    } catch {
      // those who read are told
    }
  }

  #numbers(type: ArrayType): Numbers {
    return type === 'f32' ? this.#arena.floats : this.#arena.integers;
  }

  /** The address of room for so many numbers. */
  #take(size: number): number {
    const rounded = 16 * Math.ceil(size / 16);
    if (this.#used + rounded > ROOM) {
      this.finished('f32');
      this.#used = 0;
    }
    const address = this.#room + 4 * this.#used;
    this.#used += rounded;
    return address;
  }
}
