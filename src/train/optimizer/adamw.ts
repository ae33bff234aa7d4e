import type { ParameterArena } from '../../autograd/parameters/parameterArena.ts';
import type { Parameters } from '../../autograd/parameters/parameters.ts';
import type { Device, DeviceArray } from '../../kernels/device.ts';
import { LossScale } from './lossScale.ts';
import { expectTensor } from '../modelState.ts';
import type { HostTensor, HostTensors } from '../modelState.ts';

/** The settings of AdamW but its learning rate, which each step is given. */
export interface AdamWOptions {
  /** Decay rates of the first and the second moment. */
  readonly betas: readonly [number, number];
  /** Added to the second moment's root. */
  readonly epsilon: number;
  /** Applied to matrices, not to biases and norms. */
  readonly weightDecay: number;
  /** The gradients' greatest global norm; 0 for no clipping. */
  readonly clipNorm: number;
}

/** Its name in checkpoints. */
const LOSS_SCALE = 'lossScale';

interface Moments {
  readonly arena: ParameterArena;
  readonly firstMoment: DeviceArray;
  readonly secondMoment: DeviceArray;
}

/**
 * AdamW (Loshchilov and Hutter 2019) with clipping by global norm, in a fixed number of kernel launches on devices whose
 * parameters share one arena.
 */
export class AdamW {
  readonly #device: Device;
  readonly #parameters: Parameters;
  readonly #options: AdamWOptions;
  readonly #moments: readonly Moments[];
  /** On a device that computes in half precision: what the loss is to be multiplied by. */
  readonly lossScale: LossScale | undefined;
  #steps = 0;

  constructor(device: Device, parameters: Parameters, options: AdamWOptions) {
    this.#device = device;
    this.#parameters = parameters;
    this.#options = options;
    this.#moments = parameters.arenas.map((arena) => ({
      arena,
      firstMoment: device.allocate('f32', arena.weights.size),
      secondMoment: device.allocate('f32', arena.weights.size),
    }));
    if (device.real === 'f16') this.lossScale = new LossScale(device);
  }

  /**
   * Updates the parameters by their gradients and clears those. With a loss scale, gradients that overflow change nothing.
   * @returns the gradients' global norm before clipping, once the device has it; not finite for a step that was skipped
   */
  step(learningRate: number): Promise<number> {
    const { betas, epsilon, weightDecay, clipNorm } = this.#options;
    const [beta1, beta2] = betas;
    this.#steps += 1;
    const corrections = { correction1: 1 - beta1 ** this.#steps, correction2: 1 - beta2 ** this.#steps };
    this.#parameters.zeroUntouched();
    const squaredNorm = this.#squaredNorm();
    const inverseScale = this.lossScale?.judge(squaredNorm);
    for (const { arena, firstMoment, secondMoment } of this.#moments) {
      const { weights, gradients, decayed } = arena;
      const arrays = { weights, gradients, firstMoment, secondMoment, squaredNorm };
      const rates = { learningRate, beta1, beta2, epsilon, weightDecay, clipNorm, ...corrections };
      const parameters = { size: weights.size, decayed, ...rates };
      if (inverseScale) this.#device.launch('adamwScaled', { ...arrays, inverseScale }, parameters);
      else this.#device.launch('adamw', arrays, parameters);
    }
    const norm = this.#device.read(squaredNorm).then(([squares = 0]) => Math.sqrt(squares));
    for (const array of [squaredNorm, inverseScale]) if (array) this.#device.free(array);
    this.#parameters.clearGradients();
    return norm;
  }

  /** What it keeps on the device: the moments, and the loss scale's state. */
  get arrays(): DeviceArray[] {
    const moments = this.#moments.flatMap(({ firstMoment, secondMoment }) => [firstMoment, secondMoment]);
    return this.lossScale ? [...moments, this.lossScale.state] : moments;
  }

  /** Goes on from that many steps, whose arrays others put there. */
  goOnFrom(steps: number): void {
    this.#steps = steps;
  }

  /** What the next step depends on, apart from the weights: the moments under the parameters' names, the step count, the loss scale. */
  async state(): Promise<{ steps: number; tensors: Map<string, HostTensor> }> {
    const tensors = new Map<string, HostTensor>();
    for (const moments of this.#moments)
      for (const which of ['firstMoment', 'secondMoment'] as const) {
        const values = await this.#device.read(moments[which]);
        for (const { parameter, offset } of moments.arena.members) {
          const data = Float32Array.from(values.subarray(offset, offset + parameter.size));
          tensors.set(`${which}.${parameter.name}`, { shape: parameter.shape, data });
        }
      }
    if (this.lossScale) {
      const data = Float32Array.from(await this.#device.read(this.lossScale.state));
      tensors.set(LOSS_SCALE, { shape: [data.length], data });
    }
    return { steps: this.#steps, tensors };
  }

  /** Goes on from what `state` gave; throws a BertrandError if it belongs to other parameters. */
  restore({ steps, tensors }: { steps: number; tensors: HostTensors }): void {
    this.#steps = steps;
    for (const moments of this.#moments)
      for (const which of ['firstMoment', 'secondMoment'] as const) {
        const values = new Float32Array(moments.arena.weights.size);
        for (const { parameter, offset } of moments.arena.members)
          values.set(expectTensor(tensors, `${which}.${parameter.name}`, parameter.shape).data, offset);
        this.#device.write(moments[which], values);
      }
    if (this.lossScale) {
      const { state } = this.lossScale;
      this.#device.write(state, expectTensor(tensors, LOSS_SCALE, [state.size]).data);
    }
  }

  #squaredNorm(): DeviceArray {
    const [first, ...others] = this.#moments.map(
      ({ arena }) => this.#device.launch('sumSquares', { x: arena.gradients }, { size: arena.gradients.size }).y,
    );
    for (const other of others) {
      this.#device.launch('accumulate', { total: first, x: other }, { size: 1 });
      this.#device.free(other);
    }
    return first;
  }
}
