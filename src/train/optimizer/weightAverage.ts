import type { Parameters } from '../../autograd/parameters/parameters.ts';
import type { Device, DeviceArray } from '../../kernels/device.ts';
import type { Shape } from '../../autograd/shape.ts';
import type { HostTensors } from '../modelState.ts';
import { expectTensor } from '../modelState.ts';
import { addScaled } from './addScaled.ts';

/** Of the weights themselves in an optimizer's file, where those of the model's file are averages. */
const RAW = 'weights.';

/**
 * An exponential moving average of the weights that are trained (Polyak and Juditsky 1992): average += (1 - d) (weights - average), where d is
 * min(decay, (t - 1) / (t + 9)) after step t, so that the first steps are soon forgotten.
 */
export class WeightAverage {
  readonly #device: Device;
  readonly #parameters: Parameters;
  readonly #decay: number;
  /** One for each arena. */
  readonly arrays: readonly DeviceArray[];

  /** @param decay from 0 to below 1 */
  constructor(device: Device, parameters: Parameters, decay: number) {
    this.#device = device;
    this.#parameters = parameters;
    this.#decay = decay;
    this.arrays = parameters.arenas.map(({ weights }) => device.allocate('f32', weights.size));
  }

  /** Takes in the weights after a step, which counts from 1. Only enqueues. */
  update(step: number): void {
    const decay = Math.min(this.#decay, (step - 1) / (step + 9));
    for (const [average, weights] of this.#pairs) {
      addScaled(this.#device, average, average, decay - 1);
      addScaled(this.#device, average, weights, 1 - decay);
    }
  }

  /** Does something with the averages in the weights' place. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const kept = this.#pairs.map(([average, weights]) => {
      const own = this.#device.reserve('f32', weights.size);
      this.#copy(weights, own);
      this.#copy(average, weights);
      return { own, weights };
    });
    try {
      return await work();
    } finally {
      for (const { own, weights } of kept) {
        this.#copy(own, weights);
        this.#device.free(own);
      }
    }
  }

  /** The tensors of the weights themselves, in the optimizer's file. */
  get shapes(): Map<string, Shape> {
    return new Map(this.#parameters.all.map(({ name, shape }) => [`${RAW}${name}`, shape]));
  }

  /** Writes them into tensors of these shapes. */
  async readRaw(into: HostTensors): Promise<void> {
    for (const parameter of this.#parameters.all)
      expectTensor(into, `${RAW}${parameter.name}`, parameter.shape).data.set(await parameter.read());
  }

  /** Goes on from the model, which has the averages, and from the raw tensors, whose values the model gets. */
  restore(tensors: HostTensors): void {
    for (const [average, weights] of this.#pairs) this.#copy(weights, average);
    for (const parameter of this.#parameters.all)
      parameter.write(expectTensor(tensors, `${RAW}${parameter.name}`, parameter.shape).data);
  }

  get #pairs(): (readonly [average: DeviceArray, weights: DeviceArray])[] {
    return this.#parameters.arenas.map(({ weights }, i) => [this.arrays[i], weights] as const);
  }

  #copy(x: DeviceArray, y: DeviceArray): void {
    this.#device.launch('affine', { x }, { size: x.size, factor: 1, term: -0 }, { y }); // -0 keeps the sign of zeros
  }
}

/** Does something with the averages in the weights' place, if there are any. */
export const averaged = <T>(average: WeightAverage | undefined, work: () => Promise<T>): Promise<T> =>
  average ? average.during(work) : work();

/** The tensors of an optimizer's file that are the optimizer's. */
export const withoutRaw = (tensors: HostTensors): HostTensors =>
  new Map([...tensors].filter(([name]) => !name.startsWith(RAW)));
