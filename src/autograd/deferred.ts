/**
 * How the tape finds fused kernels, so that models need not ask for them.
 *
 * Some ops (`deferredOp`: add, dropout, gelu, linear, the parts of attention) compute nothing when they are called. Their output is
 * *deferred*: it remembers its op and arguments, and is computed when its array is first needed, by another op, `read` or backward.
 * Before the tape runs an op, it matches the op and its deferred inputs against the patterns that the device has a fused kernel for:
 *
 *     layerNorm(add(residual, dropout(x)), gamma, beta, options)    is one dropoutAddLayerNorm
 *
 * Each pattern is a `Fusion` with its own file in ops/fused. Intermediates that the kernel outputs, here the sum, become the arrays of
 * their deferred tensors; the others, here dropout's output, are computed separately if they are needed too. Without the kernel, or if
 * an intermediate has been computed already, each op runs separately. The values are the same.
 */
import type { OptionalKernel } from '../kernels/contract.ts';
import type { DeviceArray } from '../kernels/device.ts';
import type { Shape } from './shape.ts';
import { Tensor } from './tensor.ts';
import type { Call, Op, Recorder } from './tensor.ts';

/** A tensor that is computed when its array is first needed. */
export class Deferred<Arguments extends unknown[] = unknown[]> extends Tensor {
  static #made = 0;
  /** The call that computes it. */
  readonly call: Call;
  /** How many deferred tensors were created before it. */
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

  override moveTo(array: DeviceArray): void {
    this.#computed = array;
  }

  /** Sets the array; once it is set, later calls change nothing. */
  become(array: DeviceArray): this {
    this.#computed ??= array;
    return this;
  }
}

/** Whether `tensor` is an output of `op` that has not been computed yet. */
export function isDeferred<Arguments extends unknown[]>(
  op: Op<Arguments>,
  tensor: Tensor,
): tensor is Deferred<Arguments> {
  return waits(tensor) && tensor.call.op === op;
}

const waits = (tensor: Tensor): tensor is Deferred => tensor instanceof Deferred && !tensor.computed;

/** The calls that compute `tensors` and what they depend on, each with the tensor it computes, in the order of the ops' calls. */
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

/** A call of a fused kernel; its outputs after the first are those of the deferred tensors `others`. */
export interface FusedCall extends Call {
  readonly others?: readonly Deferred[];
}

/** A composition of ops that a device may have a fused kernel for. */
export interface Fusion {
  /** The op that is called last. */
  readonly last: unknown;
  /** The call that replaces a call of `last`; undefined if its arguments do not match or the device lacks the kernels. */
  readonly match: (call: Call, tape: Recorder) => FusedCall | undefined;
}

/** @param kernels all fused kernels that forward and backward launch */
export function fusion<Arguments extends unknown[]>(
  last: Op<Arguments>,
  kernels: readonly OptionalKernel[],
  match: (...args: Arguments) => FusedCall | undefined,
): Fusion {
  const available = (tape: Recorder): boolean => kernels.every((kernel) => tape.has(kernel));
  return { last, match: ({ args }, tape) => (available(tape) ? match(...(args as Arguments)) : undefined) };
}
