import { MAP_READ, usage } from './usage.ts';

/** Buffers through which arrays are copied back to the host, reused by size. */
export class BufferReadback {
  readonly #device: GPUDevice;
  readonly #free = new Map<number, GPUBuffer[]>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  take(bytes: number): GPUBuffer {
    return (
      this.#free.get(bytes)?.pop() ??
      this.#device.createBuffer({ size: Math.max(bytes, 4), usage: usage.mapRead | usage.copyDestination })
    );
  }

  /** Waits for the copy into `buffer`, then returns the buffer to the pool. Large ones are destroyed, since only checkpoints need them. */
  async contents(buffer: GPUBuffer, bytes: number): Promise<ArrayBuffer> {
    await buffer.mapAsync(MAP_READ);
    const contents = buffer.getMappedRange().slice(0, bytes);
    buffer.unmap();
    const kept = this.#free.get(bytes) ?? [];
    if (bytes > 2 ** 20 || kept.length >= 16) buffer.destroy();
    else this.#free.set(bytes, [...kept, buffer]);
    return contents;
  }
}
