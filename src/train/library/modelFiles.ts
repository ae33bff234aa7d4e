import type { Bert as Model } from '../../bert/Bert.ts';
import { Tokenizer } from '../../data/tokenizer/tokenizer.ts';
import { parseShallowJson } from '../../data/shallowJson.ts';
import { BertrandError } from '../../error.ts';
import { readParameters } from '../modelState.ts';
import type { HostTensor, HostTensors } from '../modelState.ts';
import type { AdamW } from '../optimizer/adamw.ts';
import { readSafetensors } from '../run/safetensors/readSafetensors.ts';
import type { Safetensors } from '../run/safetensors/readSafetensors.ts';
import { writeSafetensors } from '../run/safetensors/writeSafetensors.ts';

/** What an optimizer goes on from. */
export interface OptimizerState {
  readonly steps: number;
  readonly tensors: HostTensors;
}

const [MODEL, TOKENIZER, OPTIMIZER] = ['model.safetensors', 'tokenizer.json', 'optimizer.safetensors'];

/** A model's files by their names. The options are in the metadata of model.safetensors, the optimizer's steps in that of its own. */
export async function modelFiles(
  model: Model,
  { tokenizer, optimizer }: { readonly tokenizer?: Tokenizer; readonly optimizer?: AdamW },
): Promise<Map<string, Uint8Array>> {
  const options = JSON.stringify(model.options);
  const files = new Map([[MODEL, writeSafetensors(await readParameters(model.parameters), { bertrand: options })]]);
  if (tokenizer) files.set(TOKENIZER, new TextEncoder().encode(JSON.stringify(tokenizer.toJson())));
  if (optimizer) {
    const { steps, tensors } = await optimizer.state();
    files.set(OPTIMIZER, writeSafetensors(tensors, { steps: String(steps) }));
  }
  return files;
}

/**
 * Reads them again.
 * @param read a file by its name; undefined if there is none
 * @throws BertrandError that names the file that is missing or damaged
 */
export async function readModelFiles(read: (name: string) => Promise<Uint8Array | undefined>): Promise<{
  readonly options: object;
  readonly weights: HostTensors;
  readonly tokenizer?: Tokenizer;
  readonly optimizer?: OptimizerState;
}> {
  const [model, tokenizer, optimizer] = await Promise.all([MODEL, TOKENIZER, OPTIMIZER].map(read));
  if (!model) throw new BertrandError(`${MODEL}: not found`, { advice: 'name a folder that Bert.save wrote' });
  const { tensors, metadata } = readSafetensors(model, MODEL);
  return {
    options: optionsIn(metadata.get('bertrand')),
    weights: floats(tensors, MODEL),
    ...(tokenizer && { tokenizer: Tokenizer.fromJson(parsed(tokenizer, TOKENIZER), TOKENIZER) }),
    ...(optimizer && { optimizer: optimizerIn(optimizer) }),
  };
}

function optionsIn(text: string | undefined): object {
  const options = text === undefined ? undefined : parsed(text, `${MODEL}: its metadata bertrand`);
  if (typeof options === 'object' && options !== null) return options;
  throw new BertrandError(`${MODEL}: its metadata do not have the model's options`, {
    advice: 'name a folder that Bert.save wrote; openEncoder opens runs and folders of Hugging Face',
  });
}

function optimizerIn(bytes: Uint8Array): OptimizerState {
  const { tensors, metadata } = readSafetensors(bytes, OPTIMIZER);
  const steps = Number(metadata.get('steps'));
  if (!Number.isSafeInteger(steps) || steps < 0)
    throw new BertrandError(`${OPTIMIZER}: its metadata have no number of steps`);
  return { steps, tensors: floats(tensors, OPTIMIZER) };
}

function floats(tensors: Safetensors['tensors'], file: string): Map<string, HostTensor> {
  return new Map(
    [...tensors].map(([name, { shape, data, dtype }]) => {
      if (!(data instanceof Float32Array)) throw new BertrandError(`${file}: ${name} is of ${dtype}; expected F32`);
      return [name, { shape, data }];
    }),
  );
}

function parsed(json: string | Uint8Array, name: string): unknown {
  try {
    return parseShallowJson(typeof json === 'string' ? json : new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch (error) {
    throw new BertrandError(`${name}: is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
