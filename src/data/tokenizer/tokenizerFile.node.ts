import { resolve } from 'node:path';
import { readInputText } from '../inputFile.node.ts';
import type { DataOptions, TokenizerOptions } from '../dataOptions.ts';
import { Tokenizer } from './tokenizer.ts';
import { bertTokenizerJson } from './tokenizerJson.ts';
import { tokenizerOfText } from './tokenizerText.ts';
import { vocabularyTokens } from './vocabularyFile.ts';

/** Opens what `data.tokenizer` names, a tokenizer.json or a vocab.txt; relative paths count from `folder`. */
export function openTokenizer(
  tokenizer: Exclude<DataOptions['tokenizer'], TokenizerOptions>,
  folder: string = process.cwd(),
): Tokenizer {
  if (typeof tokenizer === 'string') return readTokenizer(resolve(folder, tokenizer));
  const path = resolve(folder, tokenizer.vocab);
  return Tokenizer.fromJson(bertTokenizerJson(vocabularyTokens(readInputText(path), path), tokenizer), path);
}

/** Reads a tokenizer.json. Throws a BertrandError that names it if it is missing, unreadable or wrong. */
export const readTokenizer = (path: string): Tokenizer => tokenizerOfText(readInputText(path), path);
