import { BertrandError } from '../../error.ts';
import type { Device, DeviceArray } from '../../kernels/device.ts';
import type { Shape } from '../shape.ts';
import { Tensor } from '../tensor.ts';

/** A tensor that outlives every tape and is not learned. */
export class Constant extends Tensor {
  readonly #name: string;
  readonly #values: Float64Array;
  #placed: DeviceArray | undefined;

  constructor(name: string, shape: Shape, values: Float64Array) {
    super(undefined, shape, undefined, false);
    this.#name = name;
    this.#values = values;
  }

  place(device: Device): void {
    this.#placed = device.upload('f32', this.#values);
  }

  override get array(): DeviceArray {
    if (!this.#placed) throw new BertrandError(`${this.#name} is not on a device yet: allocate its Parameters first`);
    return this.#placed;
  }
}
