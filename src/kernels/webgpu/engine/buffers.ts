import type { ArrayType } from '../../contract.ts';
import { BertrandError } from '../../../error.ts';
import type { Failure } from './failure.ts';
import { usage } from './usage.ts';

const SMALLER = 'lower train.batchSize (and raise train.accumulate), data.sequenceLength or the sizes of the model';

/** A GPU buffer, with the number of the last batch of commands that uses it. */
export interface Storage {
  readonly id: number;
  readonly buffer: GPUBuffer;
  batch: number;
  /** Whether nothing has been written to it, so that it is still all zeros. */
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

/** Alignment of views in 4-byte elements: 256 bytes, which every adapter can bind. */
export const VIEW_ALIGNMENT = 64;

export function bytesOf(type: ArrayType, elements: number): number {
  return (type === 'f16' ? 2 : 4) * elements;
}

/** Number of elements in the array, including padding to a whole word or vector. */
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

  /** Maximum number of f32 elements per array: WebGPU cannot bind more. */
  get largest(): number {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.#device.limits;
    return Math.floor(Math.min(maxBufferSize, maxStorageBufferBindingSize) / 4);
  }

  /** A zero-filled array. Throws a BertrandError if it is too large for the adapter to hold or bind. */
  allocate(type: ArrayType, elements: number): GpuArray {
    const bytes = 4 * Math.ceil(bytesOf(type, elements) / 4);
    const limit = 4 * this.largest;
    if (bytes > limit)
      throw new BertrandError(
        `webgpu: an array of ${mebibytes(bytes)} MiB exceeds this adapter's limit of ${mebibytes(limit)} MiB`,
        { advice: SMALLER },
      );
    const taken = this.#taken;
    this.#taken += bytes;
    const buffer = this.#failure.watch(
      'out-of-memory',
      () =>
        `no memory for an array of ${mebibytes(bytes)} MiB in addition to the ${mebibytes(taken)} MiB in use on ${this.#device.label}; set train.recompute to blocks, or ${SMALLER}`,
      () =>
        this.#device.createBuffer({
          size: bytes,
          usage: usage.storage | usage.copySource | usage.copyDestination,
        }),
    );
    return { type, storage: { id: this.#count++, buffer, batch: -1, fresh: true }, offset: 0, bytes };
  }
}

/** A part of an array, padded like arrays to whole vectors of four. */
export function viewOf({ type, storage, offset }: GpuArray, from: number, elements: number): GpuArray {
  const vectors = Math.ceil(Math.max(elements, 1) / 4);
  return { type, storage, offset: offset + bytesOf(type, from), bytes: bytesOf(type, 4 * vectors) };
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(bytes < 2 ** 24 ? 1 : 0);
}
