import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { whatIsAt } from '../../data/inputFile.node.ts';
import { BertrandError } from '../../error.ts';
import { loadConfig, loadRunConfig } from '../config/loadConfig.node.ts';
import { modelOptions } from '../config/modelOptions.ts';
import { NO_SOURCE } from '../config/modelSource.ts';
import type { FindSource, ModelSource } from '../config/modelSource.ts';
import { SHORTEST_SEQUENCE } from '../config/table/dataTable.ts';
import type { Config } from '../config/table/table.ts';
import { readBertOptions, tokenizerIn } from './huggingFaceFolder.node.ts';

/** What a path that `model.from` names is. */
export type SourceKind = 'run' | 'checkpoint' | 'huggingFace';

/** Throws a BertrandError if it is none of these. */
export function kindOfSource(path: string): SourceKind {
  if (existsSync(join(path, 'state.json'))) return 'checkpoint';
  if (existsSync(join(path, 'config.yaml'))) return 'run';
  if (existsSync(join(path, 'config.json'))) return 'huggingFace';
  throw new BertrandError(
    `model.from: ${path}: found ${whatIsThere(path)}; expected a run's folder, one of its checkpoints, or a folder of Hugging Face's BERT with config.json`,
  );
}

/** What `model.from` names, to begin training with. */
export const modelSource: FindSource = (from) => {
  const kind = kindOfSource(from);
  if (kind === 'huggingFace') return huggingFaceSource(from);
  const run = kind === 'checkpoint' ? join(from, '..', '..') : from;
  if (existsSync(join(run, 'labels.json')))
    throw new BertrandError(`model.from: ${from}: found a fine-tuned classifier; expected a pretrained model`, {
      advice: 'name the run that it was made from',
    });
  return runSource(loadRunConfig(join(run, 'config.yaml')), join(run, 'tokenizer.json'));
};

/** The same to resume a run that began so: it knows by itself what it took, wherever that has gone. */
export const resumedSource: FindSource = (from, out) => {
  const own = join(out, 'config.yaml');
  if (!existsSync(own)) return modelSource(from, out);
  const config = loadRunConfig(own);
  if (config.model.from === NO_SOURCE) return modelSource(from, out);
  return { ...runSource(config, config.data.tokenizer), tokenizerMadeBy: tokenizerMadeBy(config.model.from, out) };
};

/** That of a model which may be gone: then whatever a config says was compared when the run began. */
function tokenizerMadeBy(from: string, out: string): ModelSource['tokenizerMadeBy'] {
  try {
    return modelSource(from, out).tokenizerMadeBy;
  } catch {
    return true;
  }
}

/** A config file whose `model.from` is looked at. Throws as `loadConfig` does. */
export const loadPretrainConfig = (path: string, settings: readonly string[] = []): Config =>
  loadConfig(path, settings, modelSource);

/** Keys of a run's model that another which begins with it need not share. */
const FREE = new Set(['from', 'maxLength', 'dropout', 'dropoutAt', 'initialisation']);

function runSource(config: Config, tokenizer: Config['data']['tokenizer']): ModelSource {
  const { dropout, dropoutAt, initialisation } = config.model;
  const model = Object.entries(config.model).filter(([key]) => !FREE.has(key));
  return {
    fixed: { model: Object.fromEntries(model), data: { tokenizer } },
    tokenizerMadeBy: config.data.tokenizer,
    maxLength: modelOptions(config, 0).maxLength,
    defaults: {
      model: { dropout, dropoutAt, initialisation },
      data: { sequenceLength: config.data.sequenceLength },
    },
  };
}

/** Tokens in a sequence where neither the config nor the folder says: fewer if there are not so many positions. */
const SEQUENCE_LENGTH = 128;

function huggingFaceSource(folder: string): ModelSource {
  const { preset, options } = readBertOptions(folder);
  const { maxLength, dropout, dropoutAt, initialisation, ...model } = options;
  return {
    fixed: { model: { preset, ...model }, data: { tokenizer: tokenizerIn(folder) } },
    maxLength,
    defaults: {
      model: { dropout, dropoutAt: [...dropoutAt], initialisation },
      data: { sequenceLength: Math.max(SHORTEST_SEQUENCE, Math.min(SEQUENCE_LENGTH, maxLength)) },
    },
  };
}

function whatIsThere(path: string): string {
  const found = whatIsAt(path);
  return found === 'a folder' ? 'a folder with neither config.yaml nor config.json' : found;
}
