import type { Device, DeviceArray, Target } from '../kernels/device.ts';
import { BertrandError } from '../error.ts';
import { Parameter } from './parameters/parameter.ts';
import { Tensor } from './tensor.ts';
import type { Destinations, Recorded, RecordedMany, Recorder, Launch } from './tensor.ts';

/**
 * Makes an op: `forward` runs kernels and returns the output with the closure that goes back. The op runs on the tape of its
 * arguments and is recorded there.
 */
export function op<Arguments extends unknown[]>(
  name: string,
  forward: (launch: Launch, ...args: Arguments) => Recorded,
): (...args: Arguments) => Tensor {
  const many = opOfMany(name, (launch, ...args: Arguments) => {
    const { output, shape, backward, saved: reads } = forward(launch, ...args);
    const back: RecordedMany['backward'] = ([dy], backwardLaunch, into) =>
      backward(dy as DeviceArray, backwardLaunch, into);
    return { outputs: [{ array: output, shape }], backward: back, ...(reads && { reads }) };
  });
  return (...args) => many(...args)[0];
}

/** The same for an op of several outputs. */
export function opOfMany<Arguments extends unknown[]>(
  name: string,
  forward: (launch: Launch, ...args: Arguments) => RecordedMany,
): (...args: Arguments) => Tensor[] {
  return (...args) => {
    const inputs = args.filter((argument) => argument instanceof Tensor);
    return tapeOf(name, inputs).record(name, inputs, (launch) => forward(launch, ...args));
  };
}

/** The tape of an op's inputs. */
export function tapeOf(name: string, inputs: readonly Tensor[]): Recorder {
  let found: Recorder | undefined;
  for (const { tape } of inputs) {
    if (found && tape && tape !== found) throw new BertrandError(`${name}: the inputs are on different tapes`);
    found ??= tape;
  }
  if (!found)
    throw new BertrandError(`${name}: no input is on a tape; begin with tape.input(...) or tape.use(parameter)`);
  return found;
}

/** A Run on `device` that reports every array it allocates to `note`. */
export function launcher(device: Device, note: (array: DeviceArray) => void): Launch {
  const launch = ((kernel, inputs, parameters, outputs) => {
    const arrays: Record<string, DeviceArray> = {};
    const given: Readonly<Record<string, Tensor | DeviceArray>> = inputs;
    for (const name in given) arrays[name] = given[name] instanceof Tensor ? given[name].array : given[name];
    const results = device.launch(kernel, arrays as never, parameters, outputs);
    const targets: Readonly<Record<string, Target>> = outputs ?? {};
    for (const [name, array] of Object.entries<DeviceArray>(results)) if (targets[name] !== array) note(array);
    return results;
  }) as Launch;
  launch.has = (kernel) => device.has(kernel);
  launch.upload = (type, data) => {
    const array = device.upload(type, data);
    note(array);
    return array;
  };
  return launch;
}

/** Where backward may write each input's gradient at once: the array of a parameter that has none yet. What one gets besides is f32 too. */
export function destinations(inputs: readonly Tensor[]): Destinations {
  return inputs.map((input, i) => {
    if (!(input instanceof Parameter)) return undefined;
    return input.hasGradient || inputs.indexOf(input) !== i ? 'f32' : input.storage.gradients;
  });
}
