import { createHash } from 'node:crypto';
import seedrandom from 'seedrandom';
import { SPECIAL_TOKENS } from '../../../src/data/tokenizer/specialTokens.ts';
import { bertTokenizerJson, type TokenizerJson } from '../../../src/data/tokenizer/tokenizerJson.ts';

/** What scripts/tokenizerGolden.ts asks Hugging Face's Rust library, and the tests ask us. */
export const SETTINGS = {
  uncased: { lowercase: true },
  'uncased, accents kept': { lowercase: true, stripAccents: false },
  cased: { lowercase: false },
  'cased, accents stripped': { lowercase: false, stripAccents: true },
} as const;

/** Capitals that came with Unicode 16 and 17, which not every JavaScript engine knows yet. */
const NEW_CAPITALS = /[\ua7cb\ua7cc\ua7ce\ua7d2\ua7d4\ua7da\ua7dc\u{10d50}-\u{10d65}\u{16ea0}-\u{16eb8}]/u;

/** The last plane that has letters. */
const LAST = 3;

export function* everyCharacter(): Generator<string> {
  for (let code = 0; code < 0x110000; code++) if (code < 0xd800 || code > 0xdfff) yield String.fromCodePoint(code);
}

/** SHA-256 of how each character of a plane is split, alone and next to others; by plane: all, or those that have letters. */
export function digestOfWords(wordsOf: (text: string) => string[], all: boolean): Record<string, string> {
  const planes: Record<string, ReturnType<typeof createHash>> = {};
  for (const character of everyCharacter()) {
    const plane = character.codePointAt(0)! >> 16;
    if (NEW_CAPITALS.test(character) || (plane > LAST && !all)) continue;
    const hash = (planes[plane] ??= createHash('sha256'));
    hash.update(`${wordsOf(`a${character}b ${character} C${character}\u0301`).join(' ')}\n`);
  }
  return Object.fromEntries(Object.entries(planes).map(([plane, hash]) => [plane, hash.digest('hex')]));
}

export const digestOfTexts = (lines: readonly string[]): string =>
  createHash('sha256').update(lines.join('\n')).digest('hex');

export const digestOfIds = (lists: readonly ArrayLike<number>[]): string =>
  digestOfTexts(lists.map((ids) => Array.from(ids).join(' ')));

/** Characters that libraries disagree about, between some that none does. */
const CHARACTERS = Array.from(
  "abcXYZ  \t.,-'$+\u00a0ÀéñßİıſΑΣσςἈЙё漢字ひカ한글" +
    '\u0300\u0301\u0316\u0327\u0334\u0345\u05b0\u064b\u0897\u08d3\u093c\u093f\u0941\u0eba\u1715\u1ac5\u1dfa\u302a' +
    '\u00ad\u200b\u200d\u2028\u0085\ufeff\ufffd\u061c\u08e2\u0890\u{110cd}\u{13430}\ue000' +
    '\u061d\u09fd\u2e43\u2e52\u{10ead}\u{11f43}\u{16fe2}\u3002\uff01\u037e\u2126\u212b\ufb01\u{1d15e}' +
    '\u{20000}\u{2a700}\u{2b820}\u{2f800}\u{1f600}\u{105c9}\u{11383}\u{10d24}\u{1e130}\u{1e944}\u{10400}',
);
const SENTENCES = [
  'ΑΣ ΟΔΥΣΣΕΥΣ ΣΑΣ. Σ', "the [MASK] of 'it' [SEP][CLS]x [UNK] [PAD] [mask] [MASK", '__proto__ constructor',
  `${'a'.repeat(100)} ${'a'.repeat(101)} ${'漢'.repeat(101)} ${'\u{1e944}'.repeat(100)} ${'\u{1e944}'.repeat(101)}`,
]; // prettier-ignore

/** Texts that mix them, always the same. */
export function texts(): string[] {
  const random = seedrandom('golden texts');
  const draw = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
  const mixed = Array.from({ length: 4000 }, () =>
    Array.from({ length: 1 + Math.floor(random() * 12) }, () => draw(CHARACTERS)).join(''),
  );
  return [...SENTENCES, ...mixed];
}

const ENGLISH = ["n't", "'s", "'ve", "'re", "'m", 'it', 'the', 'end', 'of', '##ing', '?', '!', '"', '##.', "##'"];

/** A tokenizer that knows most of these characters, so that some words are unknown. */
export function goldenTokenizer(settings: { lowercase: boolean; stripAccents?: boolean }): TokenizerJson {
  const forms = CHARACTERS.flatMap((c) => [c, c.toLowerCase(), c.normalize('NFD'), c.normalize('NFD').toLowerCase()]);
  const characters = [...new Set(forms.join(''))].filter((character, i) => i % 29 !== 28 && /\S/.test(character));
  const pieces = characters.flatMap((character) => [character, `##${character}`]);
  return bertTokenizerJson([...new Set([...SPECIAL_TOKENS, ...pieces, ...ENGLISH])], settings);
}

/** Lists of ids to decode. */
export function idLists(vocabSize: number): number[][] {
  const random = seedrandom('golden ids');
  const id = (): number => Math.floor(random() * vocabSize);
  return Array.from({ length: 2000 }, () => Array.from({ length: 1 + Math.floor(random() * 12) }, id));
}
