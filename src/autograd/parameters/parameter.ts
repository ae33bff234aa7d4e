import { BertrandError } from '../../error.ts';
import type { Device, DeviceArray } from '../../kernels/device.ts';
import type { Shape } from '../shape.ts';
import { expectFilled, sizeOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';

/** The arrays of a parameter: its weights, and the gradients that backward accumulates, which one that is frozen has not. */
export interface ParameterStorage {
  readonly device: Device;
  readonly weights: DeviceArray;
  readonly gradients: DeviceArray | undefined;
}

/** A learned tensor. It outlives every tape. */
export class Parameter extends Tensor {
  /** Its name in checkpoints. */
  readonly name: string;
  /** Whether weight decay applies: to matrices, but not to biases and norms. */
  readonly decays: boolean;
  /** Whether `gradients` holds a gradient of this step. */
  hasGradient = false;
  #storage: ParameterStorage | undefined;

  /** @param trained whether gradients reach it; one that is frozen stays as it is */
  constructor(name: string, shape: Shape, decays: boolean, storage?: ParameterStorage, trained = true) {
    super(undefined, shape, undefined, trained);
    this.name = name;
    this.decays = decays;
    this.#storage = storage;
  }

  /** A parameter of the given values in its own arrays on `device`. Weight decay applies to it. */
  static of(device: Device, name: string, shape: Shape, data: ArrayLike<number>): Parameter {
    expectFilled(`Parameter.of: ${name}`, shape, data.length);
    const weights = device.upload('f32', data);
    return new Parameter(name, shape, true, { device, weights, gradients: device.allocate('f32', sizeOf(shape)) });
  }

  /** Says where its weights and gradients are. */
  place(storage: ParameterStorage): void {
    this.#storage = storage;
  }

  /** Its arrays on the device; throws a BertrandError before there are any. */
  get storage(): ParameterStorage {
    if (!this.#storage)
      throw new BertrandError(`parameter ${this.name} is not on a device yet: allocate its Parameters first`);
    return this.#storage;
  }

  /** Where backward accumulates its gradient. */
  get gradients(): DeviceArray {
    const { gradients } = this.storage;
    if (!gradients) throw new BertrandError(`parameter ${this.name} is frozen: it has no gradient`);
    return gradients;
  }

  /** Its weights on the device. */
  override get array(): DeviceArray {
    return this.storage.weights;
  }

  /** The current values. */
  override async read(): Promise<Float64Array> {
    return Float64Array.from(await this.storage.device.read(this.storage.weights));
  }

  /** The gradient accumulated since it was last cleared; zeros if backward did not reach this parameter. */
  async readGradient(): Promise<Float64Array> {
    if (!this.hasGradient) return new Float64Array(this.size);
    return Float64Array.from(await this.storage.device.read(this.gradients));
  }

  /** Overwrites the values. @param data `size` numbers */
  write(data: ArrayLike<number>): void {
    this.storage.device.write(this.storage.weights, data);
  }
}
