import type { Shape } from '../../../src/autograd/shape.ts';
import { Tape } from '../../../src/autograd/tape.ts';
import { Parameter } from '../../../src/autograd/parameters/parameter.ts';
import type { Tensor } from '../../../src/autograd/tensor.ts';
import type { Bert, MaskedInput } from '../../../src/bert/Bert.ts';
import { boxNamer } from './boxOf.ts';
import type { Device } from '../../../src/kernels/device.ts';
import { statisticsOf } from './statistics.ts';
import type { ArrayStatistics } from './statistics.ts';

/** A tensor that was recorded while the model computed. */
export interface Seen {
  readonly shape: Shape;
  readonly values: ArrayStatistics;
  /** The gradient of the loss by these values; undefined where none was computed. */
  readonly gradients: ArrayStatistics | undefined;
}

/** One box of the live model. */
export interface BoxReport {
  /** Undefined for what takes ids alone. */
  readonly input: Seen | undefined;
  readonly output: Seen;
  readonly parameters: readonly (Seen & { readonly name: string })[];
}

/**
 * Looks into one box, or all boxes within a larger one, while a batch passes forward and back, dropout off. Changes
 * nothing: the gradients are cleared before anything else can run.
 * @param path as parameters are named: `encoder.TF.0.Attention.LLQ`, `encoder.TF.0`, `decoder`; or `loss`
 * @returns undefined when no box of that path was passed
 */
export async function boxReport(
  device: Device,
  model: Bert,
  batch: MaskedInput,
  path: string,
): Promise<BoxReport | undefined> {
  const values = new Map<Tensor, Promise<Float64Array>>();
  const gradients = new Map<Tensor, Promise<ArrayLike<number>>>();
  const boxOf = boxNamer();
  let input: Tensor | undefined;
  let output: Tensor | undefined;
  const tape = new Tape(device, {
    training: false,
    observer: {
      onForward(op, inputs, [result], box) {
        const name = boxOf(op, box);
        if (name !== path && !name.startsWith(`${path}.`)) return;
        if (!output && !(inputs[0] instanceof Parameter)) input = inputs[0];
        output = result;
        for (const tensor of [input, output]) if (tensor && !values.has(tensor)) values.set(tensor, tensor.read());
      },
      onBackward(tensor, gradient) {
        if (tensor !== input && tensor !== output) return;
        gradients.set(
          tensor,
          device.read(gradient).then((all) => all.subarray(0, tensor.size)),
        );
      },
    },
  });
  tape.backward(model.loss(tape, batch));
  const own = model.parameters.all.filter(({ name }) => name === path || name.startsWith(`${path}.`));
  const parameters = own.map(async (parameter) => {
    const gradient = parameter.readGradient(); // enqueued before it is cleared
    return { name: parameter.name, ...describe(parameter.shape, await parameter.read(), await gradient) };
  });
  model.parameters.clearGradients();
  if (!output) return undefined;
  const seen = async (tensor: Tensor): Promise<Seen> =>
    describe(tensor.shape, await values.get(tensor), await gradients.get(tensor));
  return { input: input && (await seen(input)), output: await seen(output), parameters: await Promise.all(parameters) };
}

function describe(shape: Shape, values: ArrayLike<number> = [], gradients?: ArrayLike<number>): Seen {
  return { shape, values: statisticsOf(values), gradients: gradients && statisticsOf(gradients) };
}
