import type { DeviceArray } from '../kernels/device.ts';
import { show, sizeOf } from './shape.ts';
import type { Shape } from './shape.ts';
import type { Tape } from './tape.ts';

/** A value of the computation: an array on a device, read as row-major with a shape. */
export class Tensor {
  readonly shape: Shape;
  /** The tape that owns the value; a parameter has none. */
  readonly tape: Tape | undefined;
  readonly requiresGradient: boolean;
  readonly #array: DeviceArray | undefined;

  constructor(array: DeviceArray | undefined, shape: Shape, tape: Tape | undefined, requiresGradient: boolean) {
    this.#array = array;
    this.shape = shape;
    this.tape = tape;
    this.requiresGradient = requiresGradient;
  }

  get array(): DeviceArray {
    return this.#array as DeviceArray;
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  /** The values as they are now, once the device has computed them. Call it before the tape is freed; await it whenever. */
  async read(): Promise<Float64Array> {
    if (!this.tape) throw new TypeError(`a tensor of shape ${show(this.shape)} has no tape to read it from`);
    return Float64Array.from((await this.tape.read(this)).subarray(0, this.size));
  }
}

/** Integers that choose rows or classes; the host keeps a copy, since it sorts them for backward. */
export class Indices extends Tensor {
  readonly values: Int32Array;

  constructor(array: DeviceArray, shape: Shape, tape: Tape, values: Int32Array) {
    super(array, shape, tape, false);
    this.values = values;
  }
}
