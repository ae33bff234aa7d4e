import { join } from 'node:path';
import type { Parameter } from '../../autograd/parameters/parameter.ts';
import type { ModelOptions } from '../../bert/options.ts';
import { BertrandError } from '../../error.ts';
import { modelOptions } from '../config/modelOptions.ts';
import type { Config } from '../config/table/table.ts';
import { openTrained } from '../evaluate/trained.node.ts';
import { openTensors, readBertOptions } from './huggingFaceFolder.node.ts';
import { huggingFaceTensors } from './huggingFaceTensors.ts';
import { importedModel } from './importedModel.ts';
import type { AvailableTensor, ImportedModel } from './importedModel.ts';
import { kindOfSource } from './modelSource.node.ts';
import { openTensorFile } from './tensorFile.node.ts';

/**
 * The weights that `model.from` names, for the config's model: all about them is checked, and of a Hugging Face folder
 * nothing is read yet.
 * @throws BertrandError when they are not those of such a model, or not intact
 */
export function openImported(from: string, config: Config, vocabSize: number): Promise<ImportedModel> {
  return openWeights(from, modelOptions(config, vocabSize));
}

/** The same for any model with such an encoder, whose parameters are given. */
export async function openWeights(
  from: string,
  options: ModelOptions,
  parameters?: readonly Parameter[],
): Promise<ImportedModel> {
  const { vocabSize } = options;
  if (kindOfSource(from) === 'huggingFace') {
    const { rows } = readBertOptions(from);
    if (rows < vocabSize)
      throw new BertrandError(
        `${from}: its tokenizer has ${vocabSize} tokens, its config.json a vocab_size of ${rows}`,
      );
    const { tensors, leftOver } = huggingFaceTensors(from, options, await openTensors(from), parameters !== undefined);
    const imported = importedModel(from, options, forHead(tensors), true, parameters);
    const beyond = rows > vocabSize ? [`${rows - vocabSize} rows beyond the tokenizer's ${vocabSize} tokens`] : [];
    const unused = [...leftOver, ...beyond];
    const unusedNotice = unused.length > 0 ? [`${from}: left over: ${listed(unused)}`] : [];
    return { ...imported, notices: [...imported.notices, ...unusedNotice] };
  }
  const { path } = await openTrained(from); // intact, and not held while training goes on
  const tensors = await openTensorFile(join(path, 'model.safetensors'));
  return importedModel(path, options, forHead(tensors), false, parameters);
}

/** With the decoder's transform for a classifier that begins with one, as Hugging Face's ModernBERT takes it. */
const forHead = (tensors: ReadonlyMap<string, AvailableTensor>): ReadonlyMap<string, AvailableTensor> =>
  new Map([
    ...tensors,
    ...Array.from(tensors)
      .filter(([name]) => name.startsWith('decoder.transform.'))
      .map(([name, tensor]) => [name.replace('decoder', 'classifier'), tensor] as const),
  ]);

const MOST_LISTED = 20;

const listed = (names: readonly string[]): string =>
  names.length > MOST_LISTED
    ? `${names.slice(0, MOST_LISTED).join(', ')} and ${names.length - MOST_LISTED} more`
    : names.join(', ');
