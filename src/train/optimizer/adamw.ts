import type { ParameterArena } from '../../autograd/parameters/parameterArena.ts';
import type { Parameters } from '../../autograd/parameters/parameters.ts';
import type { Device, DeviceArray } from '../../kernels/device.ts';
import { LossScale } from './lossScale.ts';
import { alone } from '../../ranks/communicator.ts';
import type { Communicator } from '../../ranks/communicator.ts';
import { completeArray, partsOf, viewOf } from './parts.ts';
import type { Part } from './parts.ts';
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

/** An arena's parts, and the moments of the one that is updated here. */
interface Moments {
  readonly arena: ParameterArena;
  readonly parts: readonly Part[];
  readonly own: OwnPart | undefined;
}

interface OwnPart extends Part {
  readonly weights: DeviceArray;
  readonly gradients: DeviceArray;
  readonly firstMoment: DeviceArray;
  readonly secondMoment: DeviceArray;
}

type Which = 'firstMoment' | 'secondMoment';

/**
 * AdamW (Loshchilov and Hutter 2019) with clipping by global norm, in a fixed number of kernel launches on devices whose
 * parameters share one arena.
 */
export class AdamW {
  readonly #device: Device;
  readonly #parameters: Parameters;
  readonly #options: AdamWOptions;
  readonly #sharers: Communicator;
  readonly #moments: readonly Moments[];
  /** On a device that computes in half precision: what the loss is to be multiplied by. */
  readonly lossScale: LossScale | undefined;
  #steps = 0;

  /** @param sharers ranks of which each keeps the moments of a part (ZeRO's first stage, Rajbhandari et al. 2020) */
  constructor(device: Device, parameters: Parameters, options: AdamWOptions, sharers: Communicator = alone) {
    this.#device = device;
    this.#parameters = parameters;
    this.#options = options;
    this.#sharers = sharers;
    this.#moments = parameters.arenas.map((arena, i) => {
      const parts = partsOf(device, arena, i, sharers.size);
      const part = parts.find(({ rank }) => rank === sharers.rank);
      const own = part && {
        ...part,
        weights: viewOf(device, arena.weights, part),
        gradients: viewOf(device, arena.gradients, part),
        firstMoment: device.allocate('f32', part.size),
        secondMoment: device.allocate('f32', part.size),
      };
      return { arena, parts, own };
    });
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
    for (const { arena, own } of this.#moments) {
      if (!own) continue;
      const { weights, gradients, firstMoment, secondMoment, offset } = own;
      const decayed = Math.min(Math.max(arena.decayed - offset, 0), own.size);
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

  /** Whether ranks share it, so that some methods are collective. */
  get isShared(): boolean {
    return this.#sharers.size > 1;
  }

  /** Of a shared one, brings the weights that each rank has updated to all. */
  async completeWeights(): Promise<void> {
    if (!this.isShared) return;
    for (const { arena, parts } of this.#moments)
      await completeArray(this.#sharers, this.#device, arena.weights, parts);
  }

  /** What each rank keeps whole: the moments, unless they are shared, and the loss scale's state. */
  get arrays(): DeviceArray[] {
    const own = this.isShared ? [] : this.#moments.flatMap((moments) => moments.own ?? []);
    const moments = own.flatMap(({ firstMoment, secondMoment }) => [firstMoment, secondMoment]);
    return this.lossScale ? [...moments, this.lossScale.state] : moments;
  }

  /** Goes on from that many steps, whose arrays others put there. */
  goOnFrom(steps: number): void {
    this.#steps = steps;
  }

  /** Goes back to before the first step. */
  restart(): void {
    this.#steps = 0;
    for (const moments of this.#moments)
      for (const which of ['firstMoment', 'secondMoment'] as const)
        this.#write(moments, which, new Float32Array(moments.arena.weights.size));
    this.lossScale?.restart();
  }

  /**
   * What the next step depends on, apart from the weights: the moments under the parameters' names, the step count, the loss scale. Of a
   * shared one, rank 0 alone has the moments, and all have to ask.
   */
  async state(): Promise<{ steps: number; tensors: Map<string, HostTensor> }> {
    const tensors = new Map<string, HostTensor>();
    for (const moments of this.#moments)
      for (const which of ['firstMoment', 'secondMoment'] as const) {
        const values = await this.#whole(moments, which);
        if (!values) continue;
        for (const { parameter, offset } of moments.arena.members) {
          const data = values.slice(offset, offset + parameter.size);
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
      for (const which of ['firstMoment', 'secondMoment'] as const)
        this.#write(moments, which, valuesOf(moments, which, tensors));
    if (this.lossScale) {
      const { state } = this.lossScale;
      this.#device.write(state, expectTensor(tensors, LOSS_SCALE, [state.size]).data);
    }
  }

  /** Of a shared one, gives each rank its part of the moments that rank 0 has restored from. */
  async shareMoments(tensors: HostTensors | undefined): Promise<void> {
    for (const moments of this.#moments)
      for (const which of ['firstMoment', 'secondMoment'] as const) {
        const { size } = moments.arena.weights;
        const values = tensors ? valuesOf(moments, which, tensors) : new Float32Array(size);
        await this.#sharers.broadcast(values);
        this.#write(moments, which, values);
      }
  }

  #write({ own }: Moments, which: Which, values: Float32Array): void {
    if (own) this.#device.write(own[which], values.subarray(own.offset, own.offset + own.size));
  }

  /** The moments of all parts; undefined on ranks that only have a part. */
  async #whole({ arena, parts, own }: Moments, which: Which): Promise<Float32Array | undefined> {
    const values = own ? Float32Array.from(await this.#device.read(own[which])) : undefined;
    if (!this.isShared) return values;
    const whole = this.#sharers.rank === 0 ? new Float32Array(arena.weights.size) : undefined;
    for (const { rank, offset, size } of parts) {
      const part = values && rank === this.#sharers.rank ? values : new Float32Array(size);
      await this.#sharers.broadcast(part, rank);
      whole?.set(part, offset);
    }
    return whole;
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

/** The moments of an arena's members, where they lie in it. */
function valuesOf({ arena }: Moments, which: Which, tensors: HostTensors): Float32Array {
  const values = new Float32Array(arena.weights.size);
  for (const { parameter, offset } of arena.members)
    values.set(expectTensor(tensors, `${which}.${parameter.name}`, parameter.shape).data, offset);
  return values;
}
