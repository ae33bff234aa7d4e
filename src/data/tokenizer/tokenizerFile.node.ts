import { resolve } from 'node:path';
import type { DataOptions, TokenizerOptions } from '../dataOptions.ts';
import { readText } from '../readText.node.ts';
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
  return Tokenizer.fromJson(bertTokenizerJson(vocabularyTokens(textOf(path), path), tokenizer), path);
}

/** Reads a tokenizer.json. Throws a BertrandError that names it if it is missing, unreadable or wrong. */
export const readTokenizer = (path: string): Tokenizer => tokenizerOfText(textOf(path), path);

/** A file's text without a byte order mark. */
const textOf = (path: string): string => readText(path).replace(/^\uFEFF/, '');
