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

/** Bytes of a page: few enough that little is written again for a change at either end. */
const PAGE = 16 * 1024;

/** A buffer of parameters, as the GPU will have it once it is uploaded. */
interface Page {
  readonly buffer: GPUBuffer;
  readonly integers: Uint32Array<ArrayBuffer>;
  readonly reals: Float32Array;
  /** The words that have changed since the last upload: from `first` to before `end`. */
  first: number;
  end: number;
}

/** The place of a binding's parameters. */
export interface Slot {
  readonly page: Page;
  /** Bytes from the beginning of the page. */
  readonly offset: number;
  readonly bytes: number;
  /** The number of the last batch that uses it. */
  batch: number;
}

/**
 * The parameters of dispatches. Each binding has its own place, so that only those which differ from the last step's are written:
 * the keys of dropout and what the optimizer changes.
 */
export class Uniforms {
  readonly #device: GPUDevice;
  readonly #alignment: number;
  readonly #changed: Page[] = [];
  /** Slots that nothing uses any more, by size. */
  readonly #free = new Map<number, Slot[]>();
  #page: Page | undefined;
  #end = PAGE;

  constructor(device: GPUDevice) {
    this.#device = device;
    this.#alignment = Math.max(16, device.limits.minUniformBufferOffsetAlignment);
  }

  /** A place for so many bytes, which has zeros at first. */
  slot(size: number): Slot {
    const bytes = Math.ceil(size / this.#alignment) * this.#alignment;
    const free = this.#free.get(bytes)?.pop();
    if (free) return free;
    if (!this.#page || this.#end + bytes > PAGE) {
      this.#page = this.#newPage();
      this.#end = 0;
    }
    const slot = { page: this.#page, offset: this.#end, bytes, batch: -1 };
    this.#end += bytes;
    return slot;
  }

  /** The place may be given to others, even while commands that use it are not submitted. */
  release(slot: Slot): void {
    const free = this.#free.get(slot.bytes) ?? [];
    this.#free.set(slot.bytes, free);
    free.push(slot);
  }

  /** Whether the place has these parameters. */
  holds<P extends string>(
    { page, offset }: Slot,
    fields: readonly Field<P>[],
    across: number,
    groups: number,
    values: { readonly [N in P]: number },
  ): boolean {
    const { integers, reals } = page;
    let index = offset / 4;
    if (integers[index++] !== across || integers[index++] !== groups) return false;
    for (const { name, real } of fields) {
      if (real ? reals[index] !== Math.fround(values[name]) : integers[index] !== values[name]) return false;
      index++;
    }
    return true;
  }

  put<P extends string>(
    { page, offset }: Slot,
    fields: readonly Field<P>[],
    across: number,
    groups: number,
    values: { readonly [N in P]: number },
  ): void {
    const { integers, reals } = page;
    let index = offset / 4;
    if (page.end === 0) this.#changed.push(page);
    page.first = Math.min(page.first, index);
    integers[index++] = across;
    integers[index++] = groups;
    for (const { name, real } of fields) {
      if (real) reals[index++] = values[name];
      else integers[index++] = values[name];
    }
    page.end = Math.max(page.end, index);
  }

  /** Must be called before the batch is submitted. The queue orders the writes after the previous batch. */
  upload(): void {
    for (const page of this.#changed) {
      const { buffer, integers, first, end } = page;
      this.#device.queue.writeBuffer(buffer, 4 * first, integers.buffer, 4 * first, 4 * (end - first));
      page.first = PAGE;
      page.end = 0;
    }
    this.#changed.length = 0;
  }

  #newPage(): Page {
    const integers = new Uint32Array(PAGE / 4);
    return {
      buffer: this.#device.createBuffer({ size: PAGE, usage: usage.uniform | usage.copyDestination }),
      integers,
      reals: new Float32Array(integers.buffer),
      first: PAGE,
      end: 0,
    };
  }
}
