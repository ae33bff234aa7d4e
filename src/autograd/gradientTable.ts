import type { Device, DeviceArray } from '../kernels/device.ts';
import { Parameter } from './parameters/parameter.ts';
import type { Tensor } from './tensor.ts';

/**
 * The gradients of tensors during backward. Several tensors may share an array (add passes dy to both inputs), so each array
 * counts its holders: it is accumulated in place only if it has one holder, and freed when it has none.
 */
export class GradientTable {
  readonly #device: Device;
  readonly #byTensor = new Map<Tensor, DeviceArray>();
  readonly #holders = new Map<DeviceArray, number>();

  constructor(device: Device) {
    this.#device = device;
  }

  /** Adds `gradient` to the gradient of `tensor`. The caller still owns `gradient` and must `drop` it. */
  give(tensor: Tensor, gradient: DeviceArray): void {
    if (tensor instanceof Parameter) this.#giveParameter(tensor, gradient);
    else {
      const before = this.#byTensor.get(tensor);
      if (!before) this.#hold(tensor, gradient);
      else if (this.#holders.get(before) === 1 && before !== gradient)
        this.#device.launch('accumulate', { total: before, x: gradient }, { size: tensor.size });
      else {
        this.#hold(tensor, this.#device.launch('add', { a: before, b: gradient }, { size: tensor.size }).y);
        this.#holders.set(before, (this.#holders.get(before) as number) - 1);
      }
    }
  }

  /** The gradient of `tensor` so far, if it may be added to in place while `read` are read: no other tensor holds it. */
  own(tensor: Tensor, read: readonly (DeviceArray | undefined)[]): DeviceArray | undefined {
    if (tensor instanceof Parameter) return tensor.hasGradient ? tensor.gradients : undefined;
    const gradient = this.#byTensor.get(tensor);
    return gradient && this.#holders.get(gradient) === 1 && !read.includes(gradient) ? gradient : undefined;
  }

  /** Removes and returns the gradient of `tensor`; the caller must `drop` it. */
  take(tensor: Tensor): DeviceArray | undefined {
    const gradient = this.#byTensor.get(tensor);
    this.#byTensor.delete(tensor);
    if (gradient) this.#holders.set(gradient, (this.#holders.get(gradient) as number) - 1);
    return gradient;
  }

  /** Frees those of `arrays` that no tensor holds. */
  drop(arrays: DeviceArray[]): void {
    for (const array of new Set(arrays)) if (!this.#holders.get(array)) this.#free(array);
  }

  #giveParameter(parameter: Parameter, gradient: DeviceArray): void {
    const { gradients } = parameter;
    if (gradient !== gradients) {
      if (!parameter.hasGradient) this.#device.launch('fill', {}, { size: parameter.size, value: 0 }, { y: gradients });
      this.#device.launch('accumulate', { total: gradients, x: gradient }, { size: parameter.size });
    }
    parameter.hasGradient = true;
  }

  #hold(tensor: Tensor, gradient: DeviceArray): void {
    this.#byTensor.set(tensor, gradient);
    this.#holders.set(gradient, (this.#holders.get(gradient) ?? 0) + 1);
  }

  #free(array: DeviceArray): void {
    this.#holders.delete(array);
    this.#device.free(array);
  }
}
