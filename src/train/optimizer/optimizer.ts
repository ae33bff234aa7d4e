import type { Shape } from '../../autograd/shape.ts';
import type { Parameters } from '../../autograd/parameters/parameters.ts';
import { BertrandError } from '../../error.ts';
import type { Device, DeviceArray, HostArray } from '../../kernels/device.ts';
import { alone } from '../../ranks/communicator.ts';
import type { Communicator } from '../../ranks/communicator.ts';
import { expectTensor, zeroTensors } from '../modelState.ts';
import type { HostTensors } from '../modelState.ts';
import { LossScale } from './lossScale.ts';
import { BUCKET, throughHost } from './parts.ts';
import type { SharedBucket } from './parts.ts';
import { membersWith, namesIn, piecesOf, valuesOf } from './pieces.ts';
import type { Pieces } from './pieces.ts';
import type { Assign } from './rule.ts';

/** Its name in checkpoints. */
const LOSS_SCALE = 'lossScale';

/**
 * Updates parameters by rules, with clipping by the global norm of all gradients, in a fixed number of kernel launches on devices whose
 * parameters share one arena.
 */
export class Optimizer {
  readonly #device: Device;
  readonly #parameters: Parameters;
  readonly #sharers: Communicator;
  readonly #all: readonly Pieces[];
  /** Of a shared one, the squared norm of all gradients, before the step that takes it. */
  #foundNorm: DeviceArray | undefined;
  /** On a device that computes in half precision: what the loss is to be multiplied by. */
  readonly lossScale: LossScale | undefined;
  #steps = 0;

  /**
   * @param sharers ranks of which each keeps a part of what the rules keep (ZeRO's first stage, Rajbhandari et al. 2020)
   * @param bucket numbers of which each of them keeps an equal part
   */
  constructor(
    device: Device,
    parameters: Parameters,
    assign: Assign,
    sharers: Communicator = alone,
    bucket: number = BUCKET,
  ) {
    this.#device = device;
    this.#parameters = parameters;
    this.#sharers = sharers;
    this.#all = piecesOf(device, parameters.arenas, assign, sharers, bucket);
    if (device.real === 'f16') this.lossScale = new LossScale(device);
  }

  /**
   * Updates the parameters by their gradients and clears those. With a loss scale, gradients that overflow change nothing.
   * @returns the gradients' global norm before clipping, once the device has it; not finite for a step that was skipped
   */
  step(learningRate: number): Promise<number> {
    this.#steps += 1;
    this.#parameters.zeroUntouched();
    const squaredNorm = this.#foundNorm ?? this.#squaredNorm();
    this.#foundNorm = undefined;
    const inverseScale = this.lossScale?.judge(squaredNorm);
    const context = { device: this.#device, learningRate, step: this.#steps, squaredNorm, inverseScale };
    // Read before the update, for which it need not wait; where that fails, nobody waits for it.
    const norm = this.#device.read(squaredNorm).then(([squares = 0]) => Math.sqrt(squares));
    norm.catch(() => {});
    for (const { pieces } of this.#all) for (const { rule, own } of pieces) if (own) rule.update(own, context);
    for (const array of [squaredNorm, inverseScale]) if (array) this.#device.free(array);
    this.#parameters.clearGradients();
    return norm;
  }

  /** Whether ranks share it, so that some methods are collective. */
  get isShared(): boolean {
    return this.#sharers.size > 1;
  }

  /** The buckets of a shared one: before a step each rank needs the sum of its parts of the gradients. */
  get sharedBuckets(): readonly SharedBucket[] | undefined {
    return this.isShared ? this.#all.flatMap(({ buckets }) => buckets) : undefined;
  }

  /** Of a shared one, finds the norm of all gradients before each step, from what each rank has of them: all make the same step then. */
  async findNorm(): Promise<void> {
    if (!this.isShared) return;
    const squaredNorm = this.#squaredNorm();
    const total = Float64Array.from(await this.#device.read(squaredNorm));
    await this.#sharers.sum(total);
    this.#device.write(squaredNorm, total);
    this.#foundNorm = squaredNorm;
  }

  /** Of a shared one, brings the weights that each rank has updated to all. */
  async completeWeights(): Promise<void> {
    for (const { arena, buckets } of this.isShared ? this.#all : [])
      await throughHost(this.#device, arena.weights, async (weights) => {
        for (const { begin, end, parts } of buckets)
          await this.#sharers.gatherParts(weights.subarray(begin, end), parts);
      });
  }

  /** What each rank keeps whole: all that the rules keep, unless it is shared, and the loss scale's state. */
  get arrays(): DeviceArray[] {
    const own = this.isShared ? [] : this.#all.flatMap(({ pieces }) => pieces.flatMap((piece) => piece.own ?? []));
    const kept = own.flatMap((stretch) => Object.values(stretch.kept));
    return this.lossScale ? [...kept, this.lossScale.state] : kept;
  }

  /** Goes on from that many steps, whose arrays others put there. */
  goOnFrom(steps: number): void {
    this.#steps = steps;
  }

  /** Goes back to before the first step. */
  restart(): void {
    this.#steps = 0;
    for (const pieces of this.#all)
      for (const name of namesIn(pieces)) this.#write(pieces, name, new Float32Array(pieces.arena.weights.size));
    this.lossScale?.restart();
  }

  /** The tensors of its state, as far as this rank gets to know them. */
  get shapes(): Map<string, Shape> {
    const known = this.isShared && this.#sharers.rank > 0 ? [] : this.#all;
    const kept = known.flatMap((pieces) =>
      namesIn(pieces).flatMap((name) =>
        membersWith(pieces, name).map(({ parameter }) => [`${name}.${parameter.name}`, parameter.shape] as const),
      ),
    );
    return new Map([...kept, ...(this.lossScale ? [[LOSS_SCALE, [this.lossScale.state.size]] as const] : [])]);
  }

  /**
   * What the next step depends on, apart from the weights: what the rules keep, under the parameters' names, the step count, the loss scale.
   * Of a shared one, rank 0 alone has all of it, and all have to ask.
   * @param tensors of these shapes, to be overwritten
   */
  async state(
    tensors: HostTensors = zeroTensors(this.shapes),
  ): Promise<{ readonly steps: number; readonly tensors: HostTensors }> {
    for (const pieces of this.#all)
      for (const name of namesIn(pieces)) {
        const values = await this.#whole(pieces, name);
        if (!values) continue;
        for (const { parameter, offset } of membersWith(pieces, name))
          expectTensor(tensors, `${name}.${parameter.name}`, parameter.shape).data.set(
            values.subarray(offset, offset + parameter.size),
          );
      }
    if (this.lossScale) {
      const { state } = this.lossScale;
      expectTensor(tensors, LOSS_SCALE, [state.size]).data.set(await this.#device.read(state));
    }
    return { steps: this.#steps, tensors };
  }

  /** Goes on from what `state` gave; throws a BertrandError if it belongs to other parameters or to another optimizer. */
  restore({ steps, tensors }: { steps: number; tensors: HostTensors }): void {
    this.#expectOwn(tensors);
    this.#steps = steps;
    for (const pieces of this.#all)
      for (const name of namesIn(pieces)) this.#write(pieces, name, valuesOf(pieces, name, tensors));
    if (this.lossScale) {
      const { state } = this.lossScale;
      this.#device.write(state, expectTensor(tensors, LOSS_SCALE, [state.size]).data);
    }
  }

  /** Of a shared one, gives each rank its part of what rank 0 has restored from. */
  async shareMoments(tensors: HostTensors | undefined): Promise<void> {
    for (const pieces of this.#all)
      for (const name of namesIn(pieces)) {
        const values = tensors ? valuesOf(pieces, name, tensors) : new Float32Array(pieces.arena.weights.size);
        await this.#sharers.broadcast(values);
        this.#write(pieces, name, values);
      }
  }

  #expectOwn(tensors: HostTensors): void {
    const kept = new Set(this.#all.flatMap(namesIn));
    const found = new Set([...tensors.keys()].filter((name) => name.includes('.')).map((name) => name.split('.')[0]));
    if (found.size === 0 || kept.size === 0 || [...found].toSorted().join() === [...kept].toSorted().join()) return;
    throw new BertrandError(
      `the state is of another optimizer: it has ${[...found].join(', ')}; this one keeps ${[...kept].join(', ')}`,
      { advice: 'go on with the optimizer that the run was trained with, or begin a new run' },
    );
  }

  #write({ pieces }: Pieces, name: string, values: Float32Array): void {
    for (const { own, offset, size } of pieces)
      if (own && Object.hasOwn(own.kept, name))
        this.#device.write(own.kept[name], values.subarray(offset, offset + size));
  }

  /** All of an array that is kept of an arena, zeros where it is not, to be copied at once; undefined on ranks that only have a part. */
  async #whole({ arena, buckets, pieces }: Pieces, name: string): Promise<HostArray | undefined> {
    const [{ own: all }] = pieces;
    if (!this.isShared && all?.weights.size === arena.weights.size)
      return this.#device.hostView(all.kept[name]) ?? this.#device.read(all.kept[name]);
    const whole = this.#sharers.rank === 0 || !this.isShared ? new Float32Array(arena.weights.size) : undefined;
    const put = async (into: Float32Array | undefined, from: number, to: number): Promise<void> => {
      for (const { own, offset } of pieces)
        if (own && offset >= from && offset < to && Object.hasOwn(own.kept, name))
          into?.set(await this.#device.read(own.kept[name]), offset - from);
    };
    if (!this.isShared) await put(whole, 0, arena.weights.size);
    for (const { begin, end, parts } of buckets) {
      const numbers = new Float32Array(end - begin);
      await put(numbers, begin, end);
      await this.#sharers.gatherParts(numbers, parts);
      whole?.set(numbers, begin);
    }
    return whole;
  }

  /** Of the gradients that this rank updates. */
  #squaredNorm(): DeviceArray {
    const own = this.isShared
      ? this.#all.flatMap(({ pieces }) => pieces.flatMap((piece) => piece.own?.gradients ?? []))
      : this.#all.map(({ arena }) => arena.gradients);
    const squares = own.map((x) => this.#device.launch('sumSquares', { x }, { size: x.size }).y);
    const [first = this.#device.upload('f32', [0]), ...others] = squares;
    for (const other of others) {
      this.#device.launch('accumulate', { total: first, x: other }, { size: 1 });
      this.#device.free(other);
    }
    return first;
  }
}
