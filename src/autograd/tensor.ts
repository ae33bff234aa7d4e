import type {
  ArrayType,
  InputName,
  KernelName,
  OptionalKernel,
  OutputName,
  KernelParameters,
} from '../kernels/contract.ts';
import type { DeviceArray, HostArray, Target } from '../kernels/device.ts';
import type { RandomKey } from '../kernels/random.ts';
import { show, sizeOf } from './shape.ts';
import type { Shape } from './shape.ts';

/** A value of the computation: an array on a device, read as row-major with a shape. */
export class Tensor {
  readonly shape: Shape;
  /** The tape that owns the value; a parameter has none. */
  readonly tape: Recorder | undefined;
  readonly requiresGradient: boolean;
  readonly #array: DeviceArray | undefined;

  constructor(array: DeviceArray | undefined, shape: Shape, tape: Recorder | undefined, requiresGradient: boolean) {
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

  constructor(array: DeviceArray, shape: Shape, tape: Recorder, values: Int32Array) {
    super(array, shape, tape, false);
    this.values = values;
  }
}

/** Runs kernels for an op and notes what it allocates, so that nothing has to be freed by hand. */
export interface Launch {
  <K extends KernelName>(
    kernel: K,
    inputs: { [I in InputName<K>]: Tensor | DeviceArray },
    parameters: NoInfer<KernelParameters<K>>,
    outputs?: { [O in OutputName<K>]?: Target },
  ): { [O in OutputName<K>]: DeviceArray };
  has(kernel: OptionalKernel): boolean;
  upload(type: ArrayType, data: ArrayLike<number>): DeviceArray;
}

/** A gradient for each of the op's tensor arguments in order; undefined where there is none to give. */
export type Gradients = readonly (DeviceArray | undefined)[];

/** Where the gradient of each argument may go. */
export type Destinations = readonly Target[];

export interface Recorded {
  readonly output: DeviceArray;
  readonly shape: Shape;
  /**
   * From the output's gradient to the inputs'. `into[i]`, where given, is where gradient i may be written straight
   * away (a parameter's own array); an op that ignores it is still right, only slower, and less exact in half precision.
   */
  readonly backward: (dy: DeviceArray, launch: Launch, into: Destinations) => Gradients;
  /**
   * Which arrays backward reads, of its inputs, its output and what forward made besides; all, if left out. The last kind is freed at once
   * where it is not listed; inputs and outputs that no op of a tape reads, before backward begins.
   */
  readonly saved?: Saved;
}

export type Saved = readonly (Tensor | DeviceArray)[];

/** The same for an op of several outputs, whose gradients come in their order; undefined where nothing depends on one. */
export interface RecordedMany {
  readonly outputs: readonly { readonly array: DeviceArray; readonly shape: Shape }[];
  readonly backward: (dys: Gradients, launch: Launch, into: Destinations) => Gradients;
  readonly reads?: Saved | undefined;
}

/** A call of an op, as a tape records it. */
export interface Call {
  readonly name: string;
  /** The op itself, by which a pattern knows it. */
  readonly op?: unknown;
  readonly args: readonly unknown[];
  /** The tensors among the arguments. */
  readonly inputs: readonly Tensor[];
  readonly forward: (launch: Launch) => RecordedMany;
  /** The output's shape, where it is deferred. */
  readonly deferred?: Shape | undefined;
}

/** An op: a function of tensors and other arguments. `prepare` gives the call without recording it. */
export interface Op<Arguments extends unknown[], Result = Tensor> {
  (...args: Arguments): Result;
  prepare(...args: Arguments): Call;
}

/** What a tensor knows of its tape. */
export interface Recorder {
  /** Whether dropout is on. */
  readonly training: boolean;
  input(data: Int32Array, shape: Shape): Indices;
  key(site: string): RandomKey;
  /** Does `work`, whose ops are recorded as those of the box at `path` in the model. */
  inBox<T>(path: string, work: () => T): T;
  /** Whether the tape's device has a fused kernel. */
  has(kernel: OptionalKernel): boolean;
  record(call: Call): Tensor[];
  /** Computes those of the tensors that are deferred. */
  compute(tensors: readonly Tensor[]): void;
  read(tensor: Tensor): Promise<HostArray>;
}
