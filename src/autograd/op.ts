import type { Device, DeviceArray, Target } from '../kernels/device.ts';
import { BertrandError } from '../error.ts';
import { Parameter } from './parameters/parameter.ts';
import type { Shape } from './shape.ts';
import { Tensor } from './tensor.ts';
import type { Call, Destinations, Launch, Op, Recorded, RecordedMany, Recorder } from './tensor.ts';

/**
 * Makes an op: `forward` launches kernels and returns the output together with its backward function. A call is recorded on
 * the tape of its arguments; it throws a BertrandError if they are on none, or on several.
 */
export function op<Arguments extends unknown[]>(
  name: string,
  forward: (launch: Launch, ...args: Arguments) => Recorded,
): Op<Arguments> {
  return recorded(
    name,
    (launch, args) => {
      const made = forward(launch, ...args);
      return ofOne(made, made.shape);
    },
    first,
  );
}

/** The same for an op with several outputs. */
export function opOfMany<Arguments extends unknown[]>(
  name: string,
  forward: (launch: Launch, ...args: Arguments) => RecordedMany,
): Op<Arguments, Tensor[]> {
  return recorded(
    name,
    (launch, args) => forward(launch, ...args),
    (outputs) => outputs,
  );
}

/**
 * The same for an op whose output is deferred, because a fused kernel may compute it (deferred.ts): `shapeOf` checks the arguments
 * at once and returns the output's shape; `forward` runs when the output is needed.
 */
export function deferredOp<Arguments extends unknown[]>(
  name: string,
  shapeOf: (...args: Arguments) => Shape,
  forward: (launch: Launch, ...args: NoInfer<Arguments>) => Omit<Recorded, 'shape'>,
): Op<Arguments> {
  return recorded(name, (launch, args, shape) => ofOne(forward(launch, ...args), shape), first, shapeOf);
}

function recorded<Arguments extends unknown[], Result>(
  name: string,
  forward: (launch: Launch, args: Arguments, shape: Shape) => RecordedMany,
  result: (outputs: Tensor[]) => Result,
  shapeOf?: (...args: Arguments) => Shape,
): Op<Arguments, Result> {
  const prepare = (...args: Arguments): Call => {
    const deferred = shapeOf?.(...args);
    const inputs = args.filter((argument) => argument instanceof Tensor);
    return { name, op: self, args, inputs, forward: (launch) => forward(launch, args, deferred as Shape), deferred };
  };
  const self = (...args: Arguments): Result => {
    const call = prepare(...args);
    return result(tapeOf(name, call.inputs).record(call));
  };
  return Object.assign(self, { prepare });
}

const first = ([output]: Tensor[]): Tensor => output;

function ofOne({ output, backward, saved }: Omit<Recorded, 'shape'>, shape: Shape): RecordedMany {
  return {
    outputs: [{ array: output, shape }],
    backward: ([dy], launch, into, before) => backward(dy as DeviceArray, launch, into, before),
    saved,
  };
}

/** The tape of an op's inputs. Throws a BertrandError if they are on none, or on several. */
export function tapeOf(name: string, inputs: readonly Tensor[]): Recorder {
  let found: Recorder | undefined;
  for (const { tape } of inputs) {
    if (found && tape && tape !== found) throw new BertrandError(`${name}: the inputs are on different tapes`);
    found ??= tape;
  }
  if (!found)
    throw new BertrandError(`${name}: no input is on a tape`, {
      advice: 'begin with tape.input(...) or tape.use(parameter)',
    });
  return found;
}

/** What launches on a device, made once, and where the arrays are listed that it allocates now. */
interface Launching {
  readonly launch: Launch;
  made: DeviceArray[];
}

const launchings = new WeakMap<Device, Launching>();

/** Runs `work`, and adds to `made` the arrays that it allocates on `device`. */
export function launching<T>(device: Device, made: DeviceArray[], work: (launch: Launch) => T): T {
  const on = launchings.get(device) ?? launchingOn(device);
  const outer = on.made;
  on.made = made;
  try {
    return work(on.launch);
  } finally {
    on.made = outer;
  }
}

function launchingOn(device: Device): Launching {
  const launch = ((kernel, inputs, parameters, outputs) => {
    const results = device.launch(kernel, inputs, parameters, outputs);
    const made: Readonly<Record<string, DeviceArray>> = results;
    const targets: Readonly<Record<string, Target>> | undefined = outputs;
    for (const name in made) if (made[name] !== targets?.[name]) on.made.push(made[name]);
    return results;
  }) as Launch;
  launch.has = (kernel) => device.has(kernel);
  launch.reserve = (size) => {
    const array = device.reserve(device.real, size);
    on.made.push(array);
    return array;
  };
  launch.span = (arrays) => (arrays.length > 0 ? device.span(arrays) : undefined);
  launch.parts = (array, count) => {
    const size = array.size / count;
    return Array.from({ length: count }, (_, i) => device.view(array, i * size, size));
  };
  launch.upload = (type, data) => {
    const array = device.upload(type, data);
    on.made.push(array);
    return array;
  };
  const on: Launching = { launch, made: [] };
  launchings.set(device, on);
  return on;
}

/**
 * Where backward may write each input's gradient directly: into a parameter's own array if it has no gradient yet. Further
 * gradients of a parameter are float32 too.
 */
export function destinations(inputs: readonly Tensor[]): Destinations {
  return inputs.map((input, i) => {
    if (!(input instanceof Parameter) || !input.requiresGradient) return undefined;
    return input.hasGradient || inputs.indexOf(input) !== i ? 'f32' : input.gradients;
  });
}
