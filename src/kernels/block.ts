import type { ArrayType, Handles } from './contract.ts';
import type { Backend } from './backend.ts';

/** A flat array on a device. The host can see its contents only with `device.read`. */
export interface DeviceArray<T extends ArrayType = ArrayType> {
  /** The type of its numbers. */
  readonly type: T;
  /** Number of elements. */
  readonly size: number;
}

/** What holds an array, such as a tensor. */
interface Holder {
  readonly array: DeviceArray;
}

/** An array, or what holds one. */
export type Given = DeviceArray | Holder;

export const arrayOf = (given: Given): DeviceArray => (given as Partial<Holder>).array ?? (given as DeviceArray);

/** An array as its device knows it. */
export class Block<H extends Handles, T extends ArrayType = ArrayType> implements DeviceArray<T> {
  readonly type: T;
  readonly size: number;
  readonly owner: Backend<H>;
  readonly handle: H[T];
  /** The array that this one is a view of, and where it begins there. */
  readonly base: Block<H> | undefined;
  readonly offset: number;
  freed = false;
  constructor(type: T, size: number, owner: Backend<H>, handle: H[T], base?: Block<H>, offset = 0) {
    this.type = type;
    this.size = size;
    this.owner = owner;
    this.handle = handle;
    this.base = base;
    this.offset = offset;
  }
}
