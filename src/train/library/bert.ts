import { Bert as Model } from '../../bert/Bert.ts';
import type { ModelOptions } from '../../bert/options.ts';
import type { Tokenizer } from '../../data/tokenizer/tokenizer.ts';
import type { Device } from '../../kernels/device.ts';
import { modelOptions } from '../config/modelOptions.ts';
import type { ConfigInput } from '../config/table/table.ts';
import type { AdamW } from '../optimizer/adamw.ts';
import { checkedOptions, expectWhole } from './checkedOptions.ts';
import { expectParameters, writeParameters } from '../modelState.ts';
import { modelFiles, readModelFiles } from './modelFiles.ts';
import type { OptimizerState } from './modelFiles.ts';

/** A model's options: those of the section `model` of a config (docs/usage.md), each with its default, and the vocabulary's size. */
export type BertOptions = Omit<NonNullable<ConfigInput['model']>, 'from'> & { readonly vocabSize: number };

/** A folder: its path in Node; in a browser a handle, as `navigator.storage.getDirectory()` gives one. */
export type Folder = string | FileSystemDirectoryHandle;

/** A model that was loaded, and what was saved with it. */
export interface LoadedBert {
  readonly model: Bert;
  readonly tokenizer?: Tokenizer;
  /** For `optimizer.restore`. */
  readonly optimizer?: OptimizerState;
}

/** BertEncoder with its decoder for masked language modelling (Devlin et al. 2018), as docs/model.md describes it. */
export class Bert extends Model {
  /**
   * @param options the preset's and the table's defaults take the place of what is left out
   * @param seed initial weights depend only on it and on each parameter's name
   * @throws ConfigError that says what is wrong with the options
   */
  constructor(options: BertOptions, seed = 42) {
    super(checkedModel(options), seed);
  }

  /**
   * Saves weights, options and what else is given, as files that `load` and other programs read: model.safetensors,
   * tokenizer.json, optimizer.safetensors. Files of those names are replaced, each at once.
   * @throws BertrandError if the folder cannot be written
   */
  async save(folder: Folder, also: { readonly tokenizer?: Tokenizer; readonly optimizer?: AdamW } = {}): Promise<void> {
    const files = await modelFiles(this, also);
    if (typeof folder === 'string') return (await import('./modelFolder.node.ts')).writeFiles(folder, files);
    for (const [name, bytes] of files) {
      const file = await (await folder.getFileHandle(name, { create: true })).createWritable();
      await file.write(bytes as Uint8Array<ArrayBuffer>);
      await file.close();
    }
  }

  /**
   * Loads what `save` wrote.
   * @param device where the model is put
   * @throws BertrandError that names the file that is missing or damaged
   */
  static async load(folder: Folder, device: Device): Promise<LoadedBert> {
    const read =
      typeof folder === 'string' ? (await import('./modelFolder.node.ts')).fileReader(folder) : reader(folder);
    const { options, weights, ...rest } = await readModelFiles(read);
    const model = new Bert(options as BertOptions);
    expectParameters(model.parameters, weights); // before memory is taken
    writeParameters(model.to(device, false).parameters, weights);
    return { model, ...rest };
  }
}

/** The options filled in and checked. */
function checkedModel({ vocabSize, ...model }: BertOptions): ModelOptions {
  expectWhole('Bert: vocabSize', vocabSize, 1);
  const { maxLength } = model;
  const data = typeof maxLength === 'number' && maxLength > 0 ? { sequenceLength: maxLength } : {};
  return modelOptions(checkedOptions({ model, data }, 'Bert', { model: '' }), vocabSize);
}

/** Reads a file of the folder by its name; undefined if there is none. */
function reader(folder: FileSystemDirectoryHandle): (name: string) => Promise<Uint8Array | undefined> {
  return async (name) => {
    try {
      return new Uint8Array(await (await (await folder.getFileHandle(name)).getFile()).arrayBuffer());
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotFoundError') return undefined;
      throw error;
    }
  };
}
