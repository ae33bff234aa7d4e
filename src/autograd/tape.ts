import { BertrandError } from '../error.ts';
import type { OptionalKernel } from '../kernels/contract.ts';
import type { Device, DeviceArray, HostArray } from '../kernels/device.ts';
import type { RandomKey } from '../kernels/random.ts';
import { GradientTable } from './gradientTable.ts';
import { ParameterUses } from './parameterUses.ts';
import { randomKey } from './parameters/randomKey.ts';
import { callsFor, Deferred } from './deferred.ts';
import type { FusedCall } from './deferred.ts';
import { freeUnsaved, run } from './node.ts';
import type { Node } from './node.ts';
import { destinations, launching } from './op.ts';
import { fuse } from './ops/fused/fusions.ts';
import { Segment } from './segment.ts';
import { expectFilled, expectShape, show } from './shape.ts';
import type { Shape } from './shape.ts';
import type { TapeObserver, TapeOptions } from './tapeOptions.ts';
import { Indices, Tensor } from './tensor.ts';
import type { Call, RecordedMany, Recorder } from './tensor.ts';

/**
 * Records one forward pass and owns every array allocated in it. `backward` walks the record in reverse, accumulates the
 * parameters' gradients and frees each node's arrays on the way; afterwards the tape cannot be used again.
 */
export class Tape implements Recorder {
  /** Where its ops compute. */
  readonly device: Device;
  readonly training: boolean;
  readonly #gradients: boolean;
  readonly #seed: number;
  readonly #step: number | string;
  readonly #observer: TapeObserver | undefined;
  #nodes: Node[] = [];
  #owned: DeviceArray[] = [];
  readonly #recompute: boolean;
  readonly #onStepBack: TapeOptions['onStepBack'];
  #box = '';
  /** The ops of the box that is running now, if it will be dropped. */
  #segment: Segment | undefined;
  #spent: string | undefined;

  constructor(device: Device, options: TapeOptions = {}) {
    this.device = device;
    this.training = options.training ?? true;
    this.#gradients = options.gradients ?? true;
    this.#seed = options.seed ?? 0;
    this.#step = options.step ?? 0;
    this.#observer = options.observer;
    this.#onStepBack = options.onStepBack;
    this.#recompute = this.#gradients && !options.observer && options.recompute === true;
  }

  /** Puts data on the tape, for example a batch's ids. Throws a BertrandError unless its length fits `shape`. */
  input(data: Int32Array, shape: Shape): Indices;
  input(data: Float32Array | Float64Array, shape: Shape): Tensor;
  input(data: HostArray, shape: Shape): Tensor {
    this.#expectOpen('input');
    expectFilled('input', shape, data.length);
    const array = this.device.upload(data instanceof Int32Array ? 'i32' : 'f32', data);
    this.#owned.push(array);
    return data instanceof Int32Array ? new Indices(array, shape, this, data) : new Tensor(array, shape, this, false);
  }

  /** Brings a parameter onto this tape: ops need at least one input on a tape. A tensor of this tape is returned as it is. */
  use(parameter: Tensor): Tensor {
    if (parameter.tape === this) return parameter;
    const forward = (): RecordedMany => ({
      outputs: [{ array: parameter.array, shape: parameter.shape }],
      backward: ([dy]) => [dy],
      saved: [],
    });
    return this.record({ name: 'use', args: [], inputs: [parameter], forward })[0];
  }

  /** The key of the dropout mask at `site`, a path in the model, in this forward pass. */
  key(site: string): RandomKey {
    return randomKey(`${this.#seed}/dropout/${site}/${this.#step}`);
  }

  /** Runs `work`, whose ops are recorded under the box at `path` in the model. A `recomputable` one may be dropped until backward. */
  inBox<T>(path: string, work: () => T, recomputable = false): T {
    const outer = this.#box;
    this.#box = path;
    const segment = recomputable && this.#recompute ? new Segment(this.device) : undefined;
    if (segment) this.#segment = segment;
    try {
      const result = work();
      if (result instanceof Tensor) segment?.drop(result);
      return result;
    } finally {
      this.#box = outer;
      if (segment) this.#segment = undefined;
    }
  }

  /** Records an op. Its output is computed at once unless it is deferred. */
  record(call: Call): Tensor[] {
    this.#expectOpen(call.name);
    const { deferred, inputs } = call;
    if (deferred && !this.#observer) return [new Deferred(call, deferred, this, this.#requiresGradient(inputs))];
    const running = fuse(call, this);
    this.compute(running.inputs);
    return this.#run(running);
  }

  /** Computes the deferred ones among `tensors`, after everything they depend on. */
  compute(tensors: readonly Tensor[]): void {
    for (const [call, itself] of callsFor(tensors, (each) => fuse(each, this))) this.#run(call, itself);
  }

  /** Runs an op's forward and keeps what backward needs. The outputs become `itself` and the call's `others`, if given. */
  #run(call: FusedCall, itself?: Deferred): Tensor[] {
    const { name, inputs, others = [] } = call;
    this.#expectOpen(name);
    const requiresGradient = this.#requiresGradient(inputs);
    const { outputs: made, owned, backward, saved } = run(this.device, call, requiresGradient);
    const deferred = [itself, ...others];
    const outputs = made.map(
      ({ array, shape }, i) => deferred[i]?.become(array) ?? new Tensor(array, shape, this, requiresGradient),
    );
    if (requiresGradient) {
      const node: Node = { call, box: this.#box, inputs, outputs, owned, backward, saved };
      this.#nodes.push(node);
      this.#segment?.add(node);
    } else this.#owned.push(...owned);
    this.#observer?.onForward(name, inputs, outputs, this.#box);
    return outputs;
  }

  #requiresGradient(inputs: readonly Tensor[]): boolean {
    return this.#gradients && inputs.some((input) => input.requiresGradient);
  }

  /** Whether ops on this tape may use a fused kernel. */
  has(kernel: OptionalKernel): boolean {
    return !this.#observer && this.device.has(kernel);
  }

  /**
   * Adds d(output)/d(parameter) to the gradient of every parameter that `output` depends on. Throws a BertrandError if `output`
   * is not on this tape, depends on no parameter, or is no scalar and has no `gradient`.
   * @param gradient the gradient with respect to `output`, of its size. A scalar output may omit it, for 1, or give it as the
   * first element of an array on the device
   */
  backward(output: Tensor, gradient?: ArrayLike<number> | DeviceArray): void {
    this.#expectOpen('backward');
    if (output.tape !== this) throw new BertrandError('backward: the tensor is not on this tape');
    if (!output.requiresGradient)
      throw new BertrandError('backward: the tensor depends on no parameter, or its tape records no gradients');
    const onDevice = gradient !== undefined && 'type' in gradient;
    if ((!gradient || onDevice) && output.size !== 1)
      throw new BertrandError(`backward: a loss must be a scalar, found shape ${show(output.shape)}`, {
        advice: 'reduce it with sum or mean, or pass its gradient',
      });
    if (gradient && !onDevice) expectShape('backward', 'gradient', [gradient.length], [output.size]);
    this.compute([output]);
    if (!this.#observer) this.#owned = freeUnsaved(this.device, this.#nodes, this.#owned);
    const table = new GradientTable(this.device);
    const seed: DeviceArray[] = [];
    launching(this.device, seed, (launch) =>
      table.give(
        output,
        onDevice
          ? launch('broadcast', { x: gradient }, { size: 1, scale: 1 }).y
          : launch.upload('f32', gradient ?? [1]),
      ),
    );
    table.drop(seed);
    const uses = this.#onStepBack && new ParameterUses(this.#nodes);
    for (let node = this.#nodes.pop(); node; node = this.#nodes.pop()) {
      node.restore?.();
      this.#stepBack(node, table);
      for (const array of node.owned) this.device.free(array);
      if (uses) this.#onStepBack?.(uses.pass(node));
    }
    this.#end('backward has already walked this tape');
  }

  #stepBack(node: Node, table: GradientTable): void {
    const dys = node.outputs.map((output) => table.take(output));
    if (dys.every((dy) => dy === undefined)) return;
    if (this.#observer?.onBackward)
      for (const [i, dy] of dys.entries()) if (dy) this.#observer.onBackward(node.outputs[i], dy);
    const born: DeviceArray[] = [];
    const before = node.inputs.map((input) => table.own(input, dys));
    const gradients = launching(this.device, born, (launch) =>
      node.backward(dys, launch, destinations(node.inputs), before),
    );
    this.#observer?.onGradients?.({
      op: node.call.name,
      box: node.box,
      inputs: node.inputs,
      outputs: node.outputs,
      outputGradients: dys,
      inputGradients: gradients,
    });
    node.inputs.forEach((input, i) => {
      const gradient = gradients[i];
      if (input.requiresGradient && gradient && gradient !== before[i]) table.give(input, gradient);
    });
    table.drop([...dys.filter((dy) => dy !== undefined), ...born]);
  }

  /** Frees everything without running backward. */
  free(): void {
    if (this.#spent) return;
    for (const node of this.#nodes) for (const array of node.owned) this.device.free(array);
    this.#nodes = [];
    this.#end('the tape was freed');
  }

  /** Reads a tensor's values, row by row. Ask before `backward`, which frees them. */
  read(tensor: Tensor): Promise<HostArray> {
    this.#expectOpen('read');
    return this.device.read(tensor.array);
  }

  #end(reason: string): void {
    for (const array of this.#owned) this.device.free(array);
    this.#owned = [];
    this.#spent = reason;
  }

  #expectOpen(what: string): void {
    if (this.#spent)
      throw new BertrandError(`${what}: ${this.#spent}, its tensors are gone`, { advice: 'use a new tape' });
  }
}
