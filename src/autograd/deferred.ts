/**
 * How fused kernels are found, so that no model has to ask for them.
 *
 * Some ops (`deferredOp`: add, dropout, gelu, linear, the parts of attention) compute nothing when they are called. Their output is
 * *deferred*: it remembers its op and arguments, and is computed when somebody asks for its array: another op, `read`, backward.
 * Before the tape computes anything it looks at the deferred tensors that go in, for a pattern that the device has one kernel for:
 *
 *     layerNorm(add(residual, dropout(x)), gamma, beta, options)    is one dropoutAddLayerNorm
 *
 * Each pattern is a `Fusion`, in its file in ops/fused. What the kernel makes on the way and keeps, here the sum, becomes the array of
 * the deferred tensor; what it does not keep, here dropout's output, is computed by itself if somebody asks for it too.
 * Without the kernel, or where something on the way is computed already, each op runs by itself: the values are the same.
 */
import type { OptionalKernel } from '../kernels/contract.ts';
import type { DeviceArray } from '../kernels/device.ts';
import type { Shape } from './shape.ts';
import { Tensor } from './tensor.ts';
import type { Call, Op, Recorder } from './tensor.ts';

/** A tensor that is computed when its array is first asked for. */
export class Deferred<Arguments extends unknown[] = unknown[]> extends Tensor {
  static #made = 0;
  /** What it is. */
  readonly call: Call;
  /** How many were made before it. */
  readonly place = Deferred.#made++;
  readonly #tape: Recorder;
  #computed: DeviceArray | undefined;

  constructor(call: Call, shape: Shape, tape: Recorder, requiresGradient: boolean) {
    super(undefined, shape, tape, requiresGradient);
    this.call = call;
    this.#tape = tape;
  }

  get args(): Arguments {
    return this.call.args as Arguments;
  }

  get computed(): boolean {
    return this.#computed !== undefined;
  }

  override get array(): DeviceArray {
    if (!this.#computed) this.#tape.compute([this]);
    return this.#computed as DeviceArray;
  }

  /** The first array that it gets is its own. */
  become(array: DeviceArray): this {
    this.#computed ??= array;
    return this;
  }
}

/** Whether `tensor` is an output of `op` that is still to be computed. */
export function isDeferred<Arguments extends unknown[]>(
  op: Op<Arguments>,
  tensor: Tensor,
): tensor is Deferred<Arguments> {
  return waits(tensor) && tensor.call.op === op;
}

const waits = (tensor: Tensor): tensor is Deferred => tensor instanceof Deferred && !tensor.computed;

/** What to run for `tensors` to be computed, each call with the tensor that it computes, in the order in which the ops were called. */
export function callsFor(tensors: readonly Tensor[], fuse: (call: Call) => FusedCall): [FusedCall, Deferred][] {
  const calls: [FusedCall, Deferred][] = [];
  const seen = new Set<Deferred>();
  const found = tensors.filter(waits);
  for (let tensor = found.pop(); tensor; tensor = found.pop()) {
    if (seen.has(tensor)) continue;
    seen.add(tensor);
    const call = fuse(tensor.call);
    calls.push([call, tensor]);
    for (const input of call.inputs) if (waits(input)) found.push(input);
  }
  return calls.toSorted(([, a], [, b]) => a.place - b.place);
}

/** The call of a fused kernel; its outputs after the first are the deferred tensors `others`. */
export interface FusedCall extends Call {
  readonly others?: readonly Deferred[];
}

/** A composition of ops that a device may have one kernel for. */
export interface Fusion {
  /** The op that is called last. */
  readonly last: unknown;
  /** What to run in the place of a call of `last`; undefined where its arguments are not the pattern, or kernels are missing. */
  readonly match: (call: Call, tape: Recorder) => FusedCall | undefined;
}

/** @param kernels forward's, and backward's */
export function fusion<Arguments extends unknown[]>(
  last: Op<Arguments>,
  kernels: readonly OptionalKernel[],
  match: (...args: Arguments) => FusedCall | undefined,
): Fusion {
  const available = (tape: Recorder): boolean => kernels.every((kernel) => tape.has(kernel));
  return { last, match: ({ args }, tape) => (available(tape) ? match(...(args as Arguments)) : undefined) };
}
