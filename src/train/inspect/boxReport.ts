import type { Shape } from '../../autograd/shape.ts';
import { Tape } from '../../autograd/tape.ts';
import { Tensor } from '../../autograd/tensor.ts';
import type { Bert, MaskedSequences } from '../../bert/Bert.ts';
import { watchBoxes } from '../../bert/watchBoxes.ts';
import type { Device } from '../../kernels/device.ts';
import { statisticsOf } from './statistics.ts';
import type { Statistics } from './statistics.ts';

/** A tensor that was seen in passing. */
export interface Seen {
  readonly shape: Shape;
  readonly values: Statistics;
  /** Of the loss by these values; undefined where none came this way. */
  readonly gradients: Statistics | undefined;
}

/** One box of the live model. */
export interface BoxReport {
  readonly input: Seen | undefined;
  readonly output: Seen;
  readonly parameters: readonly (Seen & { readonly name: string })[];
}

/**
 * Looks into one box while a batch passes forward and back, dropout off. Changes nothing: the gradients are cleared
 * before anything else can run.
 * @returns undefined when no box of that path was passed
 */
export async function boxReport(
  device: Device,
  model: Bert,
  batch: MaskedSequences,
  path: string,
): Promise<BoxReport | undefined> {
  const gradients = new Map<Tensor, Promise<ArrayLike<number>>>();
  const wanted = new Set<Tensor>();
  const tape = new Tape(device, {
    training: false,
    onGradient(tensor, gradient) {
      if (wanted.has(tensor))
        gradients.set(
          tensor,
          device.read(gradient).then((all) => all.subarray(0, tensor.size)),
        );
    },
  });
  let passed: { input: Promise<Seen> | undefined; output: Promise<Seen> } | undefined;
  const see = (tensor: Tensor): Promise<Seen> => {
    wanted.add(tensor);
    return seen(tensor.shape, tensor.read(), () => gradients.get(tensor));
  };
  const loss = watchBoxes(
    model,
    ({ path: at, inputs: [input], output }) => {
      if (at === path) passed = { input: isActivation(input) ? see(input) : undefined, output: see(output) };
    },
    () => model.loss(tape, batch),
  );
  tape.backward(loss);
  const own = model.parameters.all.filter(({ name }) => name.startsWith(`${path}.`));
  const parameters = own.map((parameter) => {
    const gradient = parameter.readGradient(); // enqueued now, before they are cleared
    return { name: parameter.name, seen: seen(parameter.shape, parameter.read(), () => gradient) };
  });
  model.parameters.clearGradients();
  if (!passed) return undefined;
  return {
    input: await passed.input,
    output: await passed.output,
    parameters: await Promise.all(parameters.map(async ({ name, seen }) => ({ name, ...(await seen) }))),
  };
}

const isActivation = (input: unknown): input is Tensor => input instanceof Tensor && input.requiresGradient;

async function seen(
  shape: Shape,
  values: Promise<ArrayLike<number>>,
  gradient: () => Promise<ArrayLike<number>> | undefined,
): Promise<Seen> {
  const all = await values;
  const gradients = await gradient();
  return { shape, values: statisticsOf(all), gradients: gradients && statisticsOf(gradients) };
}
