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

/** An array on a device with a shape, row-major. */
export class Tensor {
  /** Sizes of the dimensions; empty for a scalar. */
  readonly shape: Shape;
  /** The tape that owns it; parameters have none. */
  readonly tape: Recorder | undefined;
  /** Whether backward computes a gradient for it. */
  readonly requiresGradient: boolean;
  /** How many numbers there are. */
  readonly size: number;
  #array: DeviceArray | undefined;

  constructor(array: DeviceArray | undefined, shape: Shape, tape: Recorder | undefined, requiresGradient: boolean) {
    this.#array = array;
    this.shape = shape;
    this.tape = tape;
    this.requiresGradient = requiresGradient;
    this.size = sizeOf(shape);
  }

  /** The numbers on the device, row by row. */
  get array(): DeviceArray {
    return this.#array as DeviceArray;
  }

  /** Gives it another array of the same values. */
  moveTo(array: DeviceArray): void {
    this.#array = array;
  }

  /** The current values. Must be called before the tape is freed, but may be awaited later. */
  async read(): Promise<Float64Array> {
    if (!this.tape) throw new TypeError(`a tensor of shape ${show(this.shape)} has no tape to read it from`);
    return Float64Array.from((await this.tape.read(this)).subarray(0, this.size));
  }
}

/** Integers that select rows or classes. The host keeps a copy, which it sorts for backward. */
export class Indices extends Tensor {
  /** The numbers on the host, row by row. */
  readonly values: Int32Array;

  constructor(array: DeviceArray, shape: Shape, tape: Recorder, values: Int32Array) {
    super(array, shape, tape, false);
    this.values = values;
  }
}

/** Launches kernels for an op and tracks what they allocate, so that nothing has to be freed by hand. */
export interface Launch {
  <K extends KernelName>(
    kernel: K,
    inputs: { [I in InputName<K>]: Tensor | DeviceArray },
    parameters: NoInfer<KernelParameters<K>>,
    outputs?: { [O in OutputName<K>]?: Target },
  ): { [O in OutputName<K>]: DeviceArray };
  /** Whether the device has an optional kernel. */
  has(kernel: OptionalKernel): boolean;
  /** Puts numbers of the host on the device, for this pass. */
  upload(type: ArrayType, data: ArrayLike<number>): DeviceArray;
  /** A new array of activations, whose contents are undefined. */
  reserve(size: number): DeviceArray;
  /** The view of all of `arrays`, if they follow each other in one array. */
  span(arrays: readonly DeviceArray[]): DeviceArray | undefined;
  /** The equal parts of an array, as views. */
  parts(array: DeviceArray, count: number): DeviceArray[];
}

/** A gradient for each of the op's tensor arguments in order; undefined for one without a gradient. */
export type Gradients = readonly (DeviceArray | undefined)[];

/** Where the gradient of each argument may be written. */
export type Destinations = readonly Target[];

/** What an op's forward returns: its output and its backward function. */
export interface Recorded {
  /** The op's output. */
  readonly output: DeviceArray;
  /** The output's shape. */
  readonly shape: Shape;
  /**
   * The inputs' gradients from the output's. Gradient i may be written directly into `into[i]`, if given (a parameter's own
   * array); an op that ignores it is still correct, only slower, and less accurate in half precision. `before[i]`, if given, is the
   * gradient that input i has from other ops: gradient i may be added to it and `before[i]` returned instead.
   */
  readonly backward: (dy: DeviceArray, launch: Launch, into: Destinations, before: Gradients) => Gradients;
  /**
   * The arrays that backward uses: inputs, the output or intermediates of forward. Other intermediates are freed at once; inputs and
   * outputs that no op on the tape lists are freed before backward begins. If omitted, everything is kept.
   */
  readonly saved?: Saved;
}

export type Saved = readonly (Tensor | DeviceArray)[];

/** The same for an op with several outputs. Their gradients come in the same order; undefined for an unused output. */
export interface RecordedMany {
  readonly outputs: readonly { readonly array: DeviceArray; readonly shape: Shape }[];
  readonly backward: (dys: Gradients, launch: Launch, into: Destinations, before: Gradients) => Gradients;
  readonly saved?: Saved | undefined;
}

/** A call of an op, as a tape records it. */
export interface Call {
  readonly name: string;
  /** The op itself, which fusion patterns compare. */
  readonly op?: unknown;
  readonly args: readonly unknown[];
  /** The tensors among the arguments. */
  readonly inputs: readonly Tensor[];
  readonly forward: (launch: Launch) => RecordedMany;
  /** The output's shape, if it is deferred. */
  readonly deferred?: Shape | undefined;
}

/** An op: a function of tensors and other arguments. `prepare` returns the call without recording it. */
export interface Op<Arguments extends unknown[], Result = Tensor> {
  (...args: Arguments): Result;
  prepare(...args: Arguments): Call;
}

/** The tape, as tensors and ops see it. */
export interface Recorder {
  /** Whether dropout is on. */
  readonly training: boolean;
  input(data: Int32Array, shape: Shape): Indices;
  key(site: string): RandomKey;
  /** Runs `work`, whose ops are recorded under the box at `path` in the model. */
  inBox<T>(path: string, work: () => T, recomputable?: boolean): T;
  /** Whether ops on this tape may use a fused kernel. */
  has(kernel: OptionalKernel): boolean;
  record(call: Call): Tensor[];
  /** Computes the deferred ones among `tensors`. */
  compute(tensors: readonly Tensor[]): void;
  read(tensor: Tensor): Promise<HostArray>;
}
