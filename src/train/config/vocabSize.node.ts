import { readTokenizer } from '../../data/cache.node.ts';
import type { Config } from './table/table.ts';

/** The vocabulary's size as the config has it: wanted of a tokenizer to be trained, or counted in a tokenizer.json. */
export function configuredVocabSize({ data: { tokenizer } }: Config): number {
  return typeof tokenizer === 'string' ? readTokenizer(tokenizer).vocabSize : tokenizer.vocabSize;
}
