import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readInputText } from '../../data/inputFile.node.ts';
import { parseShallowJson } from '../../data/shallowJson.ts';
import { BertrandError } from '../../error.ts';
import type { TokenizerOptions } from '../../data/dataOptions.ts';
import type { Config } from '../config/table/table.ts';
import { bertOptions } from './bertOptions.ts';
import type { BertOptions } from './bertOptions.ts';
import type { AvailableTensor } from './importedModel.ts';
import { modernBertOptions } from './modernBertOptions.ts';
import { openTensorFile } from './tensorFile.node.ts';

const [WHOLE, INDEX, PICKLE] = ['model.safetensors', 'model.safetensors.index.json', 'pytorch_model.bin'];

/** Whether a path is a folder as Hugging Face's programs write it, and not a run of ours. */
export function isHuggingFaceFolder(path: string): boolean {
  const has = (name: string): boolean => existsSync(join(path, name));
  return has('config.json') && !has('config.yaml') && !has('state.json');
}

/** Throws a BertrandError unless the folder's config.json is that of a BERT or ModernBERT of ours. */
export function readBertOptions(folder: string): BertOptions {
  const path = join(folder, 'config.json');
  const json = readJson(path);
  const isModern = (json as { model_type?: unknown } | null)?.model_type === 'modernbert';
  return (isModern ? modernBertOptions : bertOptions)(json, path);
}

const casing = z.looseObject({
  do_lower_case: z.boolean().default(true),
  strip_accents: z.boolean().nullable().default(null),
});

/** The folder's tokenizer: tokenizer.json, or else vocab.txt with the casing that tokenizer_config.json says, or BERT's own. */
export function tokenizerIn(folder: string): Exclude<Config['data']['tokenizer'], TokenizerOptions> {
  const [json, vocab, config] = ['tokenizer.json', 'vocab.txt', 'tokenizer_config.json'].map((name) =>
    join(folder, name),
  );
  if (existsSync(json)) return json;
  if (!existsSync(vocab))
    throw new BertrandError(
      `${folder}: there is no tokenizer; expected tokenizer.json or vocab.txt beside config.json`,
    );
  const { data } = casing.safeParse(existsSync(config) ? readJson(config) : {});
  if (!data) throw new BertrandError(`${config}: do_lower_case or strip_accents is neither true nor false`);
  return { vocab, lowercase: data.do_lower_case, stripAccents: data.strip_accents ?? 'auto' };
}

/** All tensors of the folder by their names in it, from one file or from those that an index names; none is read yet. */
export async function openTensors(folder: string): Promise<ReadonlyMap<string, AvailableTensor>> {
  if (existsSync(join(folder, WHOLE))) return openTensorFile(join(folder, WHOLE));
  if (existsSync(join(folder, INDEX))) return openShards(folder);
  if (existsSync(join(folder, PICKLE)))
    throw new BertrandError(
      `${join(folder, PICKLE)}: a pickle, which can run code when it is read, is never read here`,
      { advice: `make ${WHOLE} of it in Python: model.save_pretrained(FOLDER, safe_serialization=True)` },
    );
  throw new BertrandError(`${folder}: there are no weights; expected ${WHOLE} or ${INDEX} beside config.json`);
}

const index = z.looseObject({ weight_map: z.record(z.string(), z.string().regex(/^[^/\\]+\.safetensors$/)) });

async function openShards(folder: string): Promise<ReadonlyMap<string, AvailableTensor>> {
  const path = join(folder, INDEX);
  const { data } = index.safeParse(readJson(path));
  if (!data) throw new BertrandError(`${path}: found no weight_map of tensors' names to files beside it`);
  const shards = new Map<string, ReadonlyMap<string, AvailableTensor>>();
  for (const file of new Set(Object.values(data.weight_map))) {
    if (!existsSync(join(folder, file)))
      throw new BertrandError(`${path}: it names ${file}, which is not there`, {
        advice: 'copy all files of the model',
      });
    shards.set(file, await openTensorFile(join(folder, file)));
  }
  return new Map(
    Object.entries(data.weight_map).map(([name, file]) => {
      const tensor = shards.get(file)?.get(name);
      if (!tensor) throw new BertrandError(`${path}: it says that ${name} is in ${file}, and it is not`);
      return [name, tensor];
    }),
  );
}

function readJson(path: string): unknown {
  try {
    return parseShallowJson(readInputText(path));
  } catch (error) {
    if (error instanceof BertrandError) throw error;
    throw new BertrandError(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
