import { readConfigFile } from '../../config/loadConfig.node.ts';
import type { FindSource } from '../../config/modelSource.ts';
import { modelSource } from '../../import/modelSource.node.ts';
import { resolveFinetune } from './finetuneConfig.ts';
import type { FinetuneConfig } from './table.ts';

/** The config of a file, with what `model.from` says. Throws a ConfigError that lists everything wrong with it. */
export const loadFinetune = (path: string, settings: readonly string[] = []): FinetuneConfig =>
  resolveFinetune(readConfigFile(path), path, settings, [], source);

/** What fine-tuning takes of a source: no config of its own has a tokenizer. */
const source: FindSource = (from, out) => {
  const { fixed, ...found } = modelSource(from, out);
  return { ...found, fixed: { ...fixed, data: {} } };
};
