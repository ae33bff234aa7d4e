import { resolve } from 'node:path';
import { BertrandError } from '../../error.ts';
import { readInputText } from '../inputFile.node.ts';
import type { DataOptions, TokenizerOptions } from '../dataOptions.ts';
import { isVocabulary, vocabularyTokens } from './vocabularyFile.ts';
import { Tokenizer } from './tokenizer.ts';
import { bertTokenizerJson } from './tokenizerJson.ts';

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
export function readTokenizer(path: string): Tokenizer {
  const text = readInputText(path);
  if (isVocabulary(text))
    throw new BertrandError(
      `${path}: a vocab.txt, one token a line, does not say whether it is for lowercased text; ` +
        `write data.tokenizer: { vocab: ${path}, lowercase: true }, or false for one with capitals`,
    );
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new BertrandError(
      `${path}: not JSON (${error instanceof Error ? error.message : String(error)}); expected a Hugging Face tokenizer.json with a WordPiece model`,
      { cause: error },
    );
  }
  return Tokenizer.fromJson(json, path);
}
