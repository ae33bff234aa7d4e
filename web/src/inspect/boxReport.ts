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
 * Looks into one box, or all boxes within a larger one, while a batch passes forward and back, dropout off unless it is that
 * which is looked into. Changes nothing: the gradients are cleared before anything else can run.
 * @param path as parameters are named: `encoder.TF.0.Attention.LLQ`, `encoder.TF.0`, `decoder`; or `decoder.softmax`, `loss`
 * @returns undefined when no box of that path was passed
 */
export async function boxReport(
  device: Device,
  model: Bert,
  batch: MaskedInput,
  path: string,
): Promise<BoxReport | undefined> {
  if (path === SOFTMAX) return softmaxReport(await recorded(device, model, batch, 'decoder.LL'));
  const found = await recorded(device, model, batch, path);
  if (!found) return undefined;
  const { input, output, parameters } = found;
  // The decoder hands on probabilities, which training takes from the scores in the same kernel as the loss.
  const [taken, given] = [
    path === 'loss' && input ? probabilitiesOf(input) : input,
    path === 'decoder' ? probabilitiesOf(output) : output,
  ];
  return { input: taken && seen(taken), output: seen(given), parameters: parameters.map(namedSeen) };
}

/** The decoder's softmax, which is no op of its own while the loss is computed. */
const SOFTMAX = 'decoder.softmax';

function softmaxReport(scores: Recorded | undefined): BoxReport | undefined {
  if (!scores) return undefined;
  return { input: seen(scores.output), output: seen(probabilitiesOf(scores.output)), parameters: [] };
}

/** The softmax of each row. */
function probabilitiesOf({ shape, values }: RecordedArray): RecordedArray {
  const columns = shape.at(-1) ?? 1;
  const all = Float64Array.from(values);
  for (let row = 0; row < all.length; row += columns) {
    const scores = all.subarray(row, row + columns);
    const most = scores.reduce((a, b) => Math.max(a, b), -Infinity);
    let sum = 0;
    for (let i = 0; i < columns; i++) sum += scores[i] = Math.exp(scores[i] - most);
    for (let i = 0; i < columns; i++) scores[i] /= sum;
  }
  return { shape, values: all, gradients: undefined };
}

interface RecordedArray {
  readonly shape: Shape;
  readonly values: ArrayLike<number>;
  readonly gradients: ArrayLike<number> | undefined;
}

interface Recorded {
  readonly input: RecordedArray | undefined;
  readonly output: RecordedArray;
  readonly parameters: readonly (RecordedArray & { readonly name: string })[];
}

async function recorded(device: Device, model: Bert, batch: MaskedInput, path: string): Promise<Recorded | undefined> {
  const values = new Map<Tensor, Promise<Float64Array>>();
  const gradients = new Map<Tensor, Promise<ArrayLike<number>>>();
  const boxOf = boxNamer();
  let input: Tensor | undefined;
  let output: Tensor | undefined;
  const tape = new Tape(device, {
    training: /ropout\d?$/.test(path),
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
    const { name, shape } = parameter;
    const [values, gradients] = await Promise.all([parameter.read(), gradient]);
    return { name, shape, values, gradients };
  });
  model.parameters.clearGradients();
  if (!output) return undefined;
  const read = async (tensor: Tensor): Promise<RecordedArray> => ({
    shape: tensor.shape,
    values: (await values.get(tensor)) ?? [],
    gradients: await gradients.get(tensor),
  });
  return {
    input: input && (await read(input)),
    output: await read(output),
    parameters: await Promise.all(parameters),
  };
}

const seen = ({ shape, values, gradients }: RecordedArray): Seen => ({
  shape,
  values: statisticsOf(values),
  gradients: gradients && statisticsOf(gradients),
});

const namedSeen = ({ name, ...array }: Recorded['parameters'][number]): BoxReport['parameters'][number] => ({
  name,
  ...seen(array),
});
