import * as library from '@huggingface/tokenizers';

/** The part of `@huggingface/tokenizers` in use. Its own declarations do not resolve under Node's module rules. */
interface Library {
  readonly Tokenizer: new (tokenizer: object, config: object) => LibraryTokenizer;
}

export interface LibraryTokenizer {
  normalizer: ((text: string) => string) | null;
  pre_tokenizer: ((text: string) => string[]) | null;
  encode(text: string, options: { add_special_tokens: boolean }): { ids: number[] };
  decode(ids: number[], options: { clean_up_tokenization_spaces: boolean }): string;
}

export const { Tokenizer: HuggingFaceTokenizer } = library as unknown as Library;
