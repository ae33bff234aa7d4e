import type { Casing } from '../../dataOptions.ts';
import { CHINESE, MARKS, NEWER, PUNCTUATION, REMOVED } from './characters.ts';

/** The normalizer section of a tokenizer.json: BERT's. */
export interface BertNormalizer {
  readonly type: 'BertNormalizer';
  readonly clean_text: boolean;
  readonly handle_chinese_chars: boolean;
  /** Null: as `lowercase`. */
  readonly strip_accents: boolean | null;
  readonly lowercase: boolean;
}

export const isBertNormalizer = (normalizer: { readonly type: string } | null): normalizer is BertNormalizer =>
  normalizer?.type === 'BertNormalizer';

/** BERT's normalizer for texts of this case. */
export const bertNormalizer = ({ lowercase, stripAccents = 'auto' }: Casing): BertNormalizer => ({
  type: 'BertNormalizer',
  clean_text: true,
  handle_chinese_chars: true,
  strip_accents: stripAccents === 'auto' ? null : stripAccents,
  lowercase,
});

/** `300-36f 483` as what stands between the brackets of a regular expression. */
const classOf = (ranges: string): string =>
  ranges
    .trim()
    .replaceAll(/[0-9a-f]+/g, String.raw`\u{$&}`)
    .replaceAll(/\s+/g, '');

/** Lone surrogates, which do not exist in Rust, are not characters either. */
const removed = new RegExp(String.raw`[${classOf(REMOVED)}\ud800-\udfff]+`, 'gu');
const space = /\p{White_Space}/gu;
const chinese = new RegExp(`[${classOf(CHINESE)}]`, 'gu');
const marks = new RegExp(`[${classOf(MARKS)}]+`, 'gu');
const newer = new RegExp(`([${classOf(NEWER)}]+)`, 'u');
const word = new RegExp(String.raw`[^\p{White_Space}${classOf(PUNCTUATION)}]+|[${classOf(PUNCTUATION)}]`, 'gu');
const PLAIN = /^[ -~]*$/;

/**
 * Normalises as Hugging Face's Rust library does, character by character: its JavaScript library knows no character
 * beyond U+FFFF, another Unicode's accents and the two forms of the small sigma.
 */
export function normalizeAsBert(
  text: string,
  { clean_text: clean, handle_chinese_chars: apart, strip_accents: strip, lowercase }: BertNormalizer,
): string {
  if (PLAIN.test(text)) return lowercase ? text.toLowerCase() : text;
  let result = text;
  if (clean) result = result.replaceAll(removed, '').replaceAll(space, ' ');
  if (apart) result = result.replaceAll(chinese, ' $& ');
  if (strip ?? lowercase) result = decomposed(result).replaceAll(marks, '');
  return lowercase ? result.replaceAll('Σ', 'σ').toLowerCase() : result;
}

/** NFD by a Unicode that lacks the newest characters. */
const decomposed = (text: string): string =>
  text
    .split(newer)
    .map((part, i) => (i % 2 === 0 ? part.normalize('NFD') : part))
    .join('');

/** Splits at spaces, and at punctuation, each sign of which is a word. */
export const splitAsBert = (text: string): string[] => text.match(word) ?? [];

/** Text to words as BERT does it: control characters dropped, CJK characters and punctuation words of their own. */
export function bertWords(casing: Casing): (text: string) => string[] {
  const normalizer = bertNormalizer(casing);
  return (text) => splitAsBert(normalizeAsBert(text, normalizer));
}
