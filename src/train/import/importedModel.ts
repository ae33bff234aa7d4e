import type { Parameter } from '../../autograd/parameters/parameter.ts';
import { show, sizeOf } from '../../autograd/shape.ts';
import type { Shape } from '../../autograd/shape.ts';
import { Bert } from '../../bert/Bert.ts';
import type { ModelOptions } from '../../bert/options.ts';
import { BertrandError } from '../../error.ts';

/** A tensor that is there to be read, under a parameter's name. */
export interface AvailableTensor {
  /** What messages call it: its name in its file. */
  readonly name: string;
  readonly shape: Shape;
  read(): Promise<Float32Array>;
}

/** Weights that training may begin with, looked at but not yet read. */
export interface ImportedModel {
  /** What a person should know of it: a line each. */
  readonly notices: readonly string[];
  /** Parameters that the weights lack. */
  readonly missing: readonly string[];
  /** Sets a model's parameters. Those that the weights lack stay as they are. */
  writeTo(parameters: readonly Parameter[]): Promise<void>;
}

const TOKEN_ROWS = new Set(['encoder.Embedding.token', 'decoder.LL.weight', 'decoder.LL.bias']);
const POSITION = 'encoder.Embedding.position';

/**
 * Weights for a model with these options, of which only the decoder's or a classifier's may be missing. Positions beyond the last begin again
 * with the first (Beltagy et al. 2020).
 * @param source what messages call it
 * @param tensors by the names of our parameters
 * @param spareRows whether tables with a row for each token may have more than the vocabulary, which are left out
 * @param parameters those of the model
 * @throws BertrandError when one is missing or has another shape
 */
export function importedModel(
  source: string,
  options: ModelOptions,
  tensors: ReadonlyMap<string, AvailableTensor>,
  spareRows: boolean,
  parameters = new Bert(options).parameters.all, // names and shapes: it is on no device
): ImportedModel {
  for (const { name, shape } of parameters) {
    const found = tensors.get(name);
    if (found) expectFit(source, found, shape, { more: spareRows && TOKEN_ROWS.has(name), fewer: name === POSITION });
    else if (!/^(decoder|classifier)\./.test(name))
      throw new BertrandError(`${source}: there is no tensor for ${name}, so it is not whole`);
  }
  const missing = parameters.filter(({ name }) => !tensors.has(name)).map(({ name }) => name);
  const extended = tensors.get(POSITION)?.shape[0] ?? options.maxLength;
  return {
    missing,
    notices: [
      ...(missing.length > 0 ? [`${source}: not there, so they begin at random: ${missing.join(', ')}`] : []),
      ...(extended < options.maxLength
        ? [`${source}: its ${extended} positions are repeated to give ${options.maxLength}`]
        : []),
    ],
    async writeTo(targets) {
      for (const target of targets) {
        const found = tensors.get(target.name);
        if (found) target.write(fitted(finite(source, found, await found.read()), target.size));
      }
    },
  };
}

function expectFit(
  source: string,
  { name, shape }: AvailableTensor,
  expected: Shape,
  rows: { readonly more: boolean; readonly fewer: boolean },
): void {
  const [found, wanted] = [shape[0] ?? 0, expected[0]];
  const spare = (rows.more && found > wanted) || (rows.fewer && found > 0 && found < wanted);
  if (show(spare ? [wanted, ...shape.slice(1)] : shape) !== show(expected))
    throw new BertrandError(`${source}: ${name} has the shape ${show(shape)}; expected ${show(expected)}`);
}

/** The first `size` values, begun again as often as it takes. */
function fitted(values: Float32Array, size: number): Float32Array {
  if (values.length >= size) return values.subarray(0, size);
  return Float32Array.from({ length: size }, (_, i) => values[i % values.length]);
}

function finite(source: string, { name, shape }: AvailableTensor, values: Float32Array): Float32Array {
  if (values.length !== sizeOf(shape) || !values.every(Number.isFinite))
    throw new BertrandError(`${source}: ${name} holds values that are not numbers, so nothing can be trained from it`);
  return values;
}
