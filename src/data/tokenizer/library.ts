import * as library from '@huggingface/tokenizers';

/** The parts of `@huggingface/tokenizers` in use. Its own declarations do not resolve under Node's module rules. */
interface Library {
  readonly Tokenizer: new (tokenizer: object, config: object) => LibraryTokenizer;
  readonly BertNormalizer: new (config: object) => { normalize(text: string): string };
  readonly BertPreTokenizer: new () => { pre_tokenize_text(text: string): string[] };
}

export interface LibraryTokenizer {
  encode(text: string, options: { add_special_tokens: boolean }): { ids: number[] };
  decode(ids: number[], options: { clean_up_tokenization_spaces: boolean }): string;
}

export const { Tokenizer: HuggingFaceTokenizer, BertNormalizer, BertPreTokenizer } = library as unknown as Library;
