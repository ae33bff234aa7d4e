import type { OptionalKernel, ArrayType, InputName, KernelName, OutputName, Parameters } from '../kernels/contract.ts';
import type { Device, DeviceArray } from '../kernels/device.ts';
import { BertrandError } from '../error.ts';
import { Parameter } from './parameter.ts';
import type { Shape } from './shape.ts';
import type { Tape } from './tape.ts';
import { Tensor } from './tensor.ts';

/** Runs kernels for an op and notes what it allocates, so that nothing has to be freed by hand. */
export interface Run {
  <K extends KernelName>(
    kernel: K,
    inputs: { [I in InputName<K>]: Tensor | DeviceArray },
    parameters: Parameters<K>,
    outputs?: { [O in OutputName<K>]?: DeviceArray | undefined },
  ): { [O in OutputName<K>]: DeviceArray };
  has(kernel: OptionalKernel): boolean;
  upload(type: ArrayType, data: ArrayLike<number>): DeviceArray;
}

/** A gradient for each of the op's tensor arguments in order; undefined where there is none to give. */
export type Gradients = readonly (DeviceArray | undefined)[];

export interface Recorded {
  readonly output: DeviceArray;
  readonly shape: Shape;
  /**
   * From the output's gradient to the inputs'. `into[i]`, where given, is where gradient i may be written straight
   * away (a parameter's own array); an op that ignores it is still right, only slower.
   */
  readonly backward: (dy: DeviceArray, run: Run, into: Gradients) => Gradients;
}

/**
 * Makes an op: `forward` runs kernels and returns the output with the closure that goes back. The op runs on the tape of its
 * arguments and is recorded there.
 */
export function op<Arguments extends unknown[]>(
  name: string,
  forward: (run: Run, ...args: Arguments) => Recorded,
): (...args: Arguments) => Tensor {
  return (...args) => {
    const inputs = args.filter((argument) => argument instanceof Tensor);
    return tapeOf(name, inputs).record(name, inputs, (run) => forward(run, ...args));
  };
}

function tapeOf(name: string, inputs: Tensor[]): Tape {
  const tapes = new Set(inputs.flatMap((input) => input.tape ?? []));
  const [tape] = tapes;
  if (!tape)
    throw new BertrandError(`${name}: no input is on a tape; begin with tape.input(...) or tape.use(parameter)`);
  if (tapes.size > 1) throw new BertrandError(`${name}: the inputs are on different tapes`);
  return tape;
}

/** A Run on `device` that reports every array it allocates to `note`. */
export function runner(device: Device, note: (array: DeviceArray) => void): Run {
  const run = ((kernel, inputs, parameters, outputs) => {
    const arrays = Object.fromEntries(
      Object.entries<Tensor | DeviceArray>(inputs).map(([key, value]) => [
        key,
        value instanceof Tensor ? value.array : value,
      ]),
    );
    const results = device.run(kernel, arrays as never, parameters, outputs);
    const given = new Set<DeviceArray | undefined>(Object.values(outputs ?? {}));
    for (const array of Object.values<DeviceArray>(results)) if (!given.has(array)) note(array);
    return results;
  }) as Run;
  run.has = (kernel) => device.has(kernel);
  run.upload = (type, data) => {
    const array = device.upload(type, data);
    note(array);
    return array;
  };
  return run;
}

/** Where backward may write each input's gradient at once: the array of a parameter that has none yet. */
export function destinations(inputs: readonly Tensor[]): Gradients {
  return inputs.map((input, i) =>
    input instanceof Parameter && !input.touched && inputs.indexOf(input) === i ? input.storage.gradients : undefined,
  );
}
