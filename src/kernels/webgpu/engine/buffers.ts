import type { ArrayType } from '../../contract.ts';
import { BertrandError } from '../../../error.ts';
import type { Failure } from './failure.ts';
import { usage } from './usage.ts';

const SMALLER = 'lower train.batchSize (and raise train.accumulate), data.sequenceLength or the sizes of the model';

/** A GPU buffer, and the number of the last batch of commands that uses it. */
export interface Storage {
  readonly id: number;
  readonly buffer: GPUBuffer;
  batch: number;
  /** Whether nothing has been written to it: it is still all zeros. */
  fresh: boolean;
}

/** An array: a buffer's bytes [offset, offset + bytes). */
export interface GpuArray {
  readonly type: ArrayType;
  readonly storage: Storage;
  readonly offset: number;
  readonly bytes: number;
}

export type GpuHandles = { [T in ArrayType]: GpuArray };

/** Elements of four bytes between the beginnings of views: 256 bytes, which every adapter can bind. */
export const VIEW_ALIGNMENT = 64;

export function bytesOf(type: ArrayType, elements: number): number {
  return (type === 'f16' ? 2 : 4) * elements;
}

/** Elements that the array has, up to those that fill its last whole word or vector. */
export function elementsOf({ type, bytes }: GpuArray): number {
  return bytes / bytesOf(type, 1);
}

export class Buffers {
  readonly #device: GPUDevice;
  readonly #failure: Failure;
  #count = 0;
  #taken = 0;

  constructor(device: GPUDevice, failure: Failure) {
    this.#device = device;
    this.#failure = failure;
  }

  /** Elements that an array can have: WebGPU binds no more at once. */
  get largest(): number {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.#device.limits;
    return Math.floor(Math.min(maxBufferSize, maxStorageBufferBindingSize) / 4);
  }

  /** A zero-filled array; throws a BertrandError for one that the adapter cannot hold or bind. */
  allocate(type: ArrayType, elements: number): GpuArray {
    const bytes = 4 * Math.ceil(bytesOf(type, elements) / 4);
    const limit = 4 * this.largest;
    if (bytes > limit)
      throw new BertrandError(
        `webgpu: an array of ${mebibytes(bytes)} MiB is over this adapter's limit of ${mebibytes(limit)} MiB`,
        { advice: SMALLER },
      );
    const taken = this.#taken;
    this.#taken += bytes;
    const buffer = this.#failure.watch(
      'out-of-memory',
      () =>
        `no memory for an array of ${mebibytes(bytes)} MiB beside the ${mebibytes(taken)} MiB that are in use; ${SMALLER}`,
      () =>
        this.#device.createBuffer({
          size: bytes,
          usage: usage.storage | usage.copySource | usage.copyDestination,
        }),
    );
    return { type, storage: { id: this.#count++, buffer, batch: -1, fresh: true }, offset: 0, bytes };
  }
}

/** A part of an array. Its bytes are whole vectors of four; arrays end in whole ones too. */
export function viewOf({ type, storage, offset }: GpuArray, from: number, elements: number): GpuArray {
  const vectors = Math.ceil(Math.max(elements, 1) / 4);
  return { type, storage, offset: offset + bytesOf(type, from), bytes: bytesOf(type, 4 * vectors) };
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(bytes < 2 ** 24 ? 1 : 0);
}
