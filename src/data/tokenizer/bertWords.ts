import { BertNormalizer, BertPreTokenizer } from './library.ts';

/** The normalizer section of a tokenizer.json: BERT's, where accents go with the capitals. */
export const bertNormalizer = (lowercase: boolean) => ({
  type: 'BertNormalizer',
  clean_text: true,
  handle_chinese_chars: true,
  strip_accents: null,
  lowercase,
});

/** Text to words as BERT does it: control characters dropped, CJK characters and punctuation words of their own. */
export function bertWords(lowercase: boolean): (text: string) => string[] {
  const normalizer = new BertNormalizer(bertNormalizer(lowercase));
  const preTokenizer = new BertPreTokenizer();
  return (text) => preTokenizer.pre_tokenize_text(normalizer.normalize(text));
}
