import { BertrandError } from '../../error.ts';
import { parseShallowJson } from '../shallowJson.ts';
import { Tokenizer } from './tokenizer.ts';
import { isVocabulary } from './vocabularyFile.ts';

/** The tokenizer that the text of a tokenizer.json describes. Throws a BertrandError that names the file (`name`) and what is wrong. */
export function tokenizerOfText(text: string, name: string): Tokenizer {
  if (isVocabulary(text))
    throw new BertrandError(
      `${name}: a vocab.txt, one token a line, does not say whether it is for lowercased text; ` +
        `write data.tokenizer: { vocab: ${name}, lowercase: true }, or false for one with capitals`,
    );
  let json: unknown;
  try {
    json = parseShallowJson(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new BertrandError(
      `${name}: not JSON (${error instanceof Error ? error.message : String(error)}); expected a Hugging Face tokenizer.json with a WordPiece model`,
      { cause: error },
    );
  }
  return Tokenizer.fromJson(json, name);
}
