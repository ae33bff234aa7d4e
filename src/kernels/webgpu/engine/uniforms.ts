import type { Scalar } from './shader.ts';
import { usage } from './usage.ts';

/** A parameter in a shader's struct, after the two that all shaders have. */
export interface Field<P extends string> {
  readonly name: P;
  readonly real: boolean;
}

export function fieldsOf<P extends string>(types: { readonly [N in P]: Scalar }): Field<P>[] {
  return Object.entries<Scalar>(types).map(([name, type]) => ({ name: name as P, real: type === 'f32' }));
}

const CAPACITY = 64 * 1024;

/** The parameters of a batch's dispatches, in one buffer that is written once per batch. */
export class Uniforms {
  readonly buffer: GPUBuffer;
  readonly #device: GPUDevice;
  readonly #alignment: number;
  readonly #integers = new Uint32Array(CAPACITY / 4);
  readonly #reals = new Float32Array(this.#integers.buffer);
  #end = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
    this.#alignment = Math.max(16, device.limits.minUniformBufferOffsetAlignment);
    this.buffer = device.createBuffer({ size: CAPACITY, usage: usage.uniform | usage.copyDestination });
  }

  fits(bytes: number): boolean {
    return this.#end + bytes <= CAPACITY;
  }

  /** @returns the offset of the parameters in the buffer, in bytes */
  put<P extends string>(
    fields: readonly Field<P>[],
    across: number,
    groups: number,
    values: { readonly [N in P]: number },
  ): number {
    const place = this.#end;
    let index = place / 4;
    this.#integers[index++] = across;
    this.#integers[index++] = groups;
    for (const { name, real } of fields) {
      if (real) this.#reals[index++] = values[name];
      else this.#integers[index++] = values[name];
    }
    this.#end = Math.ceil((4 * index) / this.#alignment) * this.#alignment;
    return place;
  }

  /** Must be called before the batch is submitted. The queue orders the write after the previous batch. */
  upload(): void {
    if (this.#end > 0) this.#device.queue.writeBuffer(this.buffer, 0, this.#integers.buffer, 0, this.#end);
    this.#end = 0;
  }
}
