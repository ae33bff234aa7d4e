import { isTrained } from '../../data/dataOptions.ts';
import { openTokenizer } from '../../data/tokenizer/tokenizerFile.node.ts';
import type { Config } from './table/table.ts';

/** The vocabulary's size as the config has it: wanted of a tokenizer to be trained, or counted in a tokenizer's file. */
export function configuredVocabSize({ data: { tokenizer } }: Config): number {
  return isTrained(tokenizer) ? tokenizer.vocabSize : openTokenizer(tokenizer).vocabSize;
}
