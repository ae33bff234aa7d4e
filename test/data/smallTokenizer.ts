import { Tokenizer } from '../../src/data/tokenizer/tokenizer.ts';
import { bertTokenizerJson } from '../../src/data/tokenizer/tokenizerJson.ts';

const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];

/** A tokenizer of `size` tokens: the special ones, then each `wN` (even N) followed by a continuation `##wN` (odd N). */
export function smallTokenizer(size: number): Tokenizer {
  const names = Array.from({ length: size - SPECIAL.length }, (_, i) => (i % 2 === 0 ? `w${i}` : `##w${i}`));
  return Tokenizer.fromJson(bertTokenizerJson([...SPECIAL, ...names], { lowercase: true }));
}
