import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readConfigFile } from '../../config/loadConfig.node.ts';
import type { FindSource, ModelSource } from '../../config/modelSource.ts';
import { modelSource } from '../../import/modelSource.node.ts';
import { resolveFinetune } from './finetuneConfig.ts';
import type { FinetuneConfig } from './table.ts';

/**
 * The config of a file, with what `model.from` says. Throws a ConfigError that lists everything wrong with it.
 * @param resume whether to go on with a run, which knows by itself what it took from there
 */
export const loadFinetune = (path: string, settings: readonly string[] = [], resume = false): FinetuneConfig =>
  resolveFinetune(readConfigFile(path), path, settings, [], resume ? resumedSource : source);

/** What fine-tuning takes of a source: no config of its own has a tokenizer. */
const source: FindSource = (from, out) => {
  const { fixed, ...found } = modelSource(from, out);
  return { ...found, fixed: { ...fixed, data: {} } };
};

const resumedSource: FindSource = (from, out) => {
  const own = join(out, 'config.yaml');
  return existsSync(own) ? ownSource(resolveFinetune(readConfigFile(own), own)) : source(from, out);
};

/** A resolved config as the source of what it has taken from one. */
function ownSource({ model, data: { sequenceLength } }: FinetuneConfig): ModelSource {
  const { from: _, weights: __, classifierDropout: ___, maxLength, ...kept } = model;
  const { dropout, dropoutAt, initialisation, ...fixed } = kept;
  return {
    fixed: { model: fixed, data: {} },
    maxLength: maxLength === 'auto' ? sequenceLength : maxLength,
    defaults: {
      model: { dropout, dropoutAt, initialisation },
      data: { sequenceLength },
    },
  };
}
