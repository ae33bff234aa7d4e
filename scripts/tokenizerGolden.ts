/**
 * Asks Hugging Face's Rust library how it splits text, and writes what we need to do the same and to prove it:
 * src/data/tokenizer/words/characters.ts (the library's classes of characters) and test/data/tokenizer/rustLibrary.json.
 *
 *     npm install --prefix FOLDER tokenizers@0.23.2
 *     node --import tsx scripts/tokenizerGolden.ts FOLDER
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import {
  digestOfIds,
  digestOfTexts,
  digestOfWords,
  everyCharacter,
  goldenTokenizer,
  idLists,
  SETTINGS,
  texts,
} from '../test/data/tokenizer/goldenTexts.ts';

interface Rust {
  bertNormalizer(options: object): { normalizeString(text: string): string };
  nfdNormalizer(): { normalizeString(text: string): string };
  bertPreTokenizer(): { preTokenizeString(text: string): [string, unknown][] };
  Tokenizer: {
    fromString(json: string): {
      encode(text: string, pair: null, options: object): Promise<{ getIds(): number[] }>;
      decode(ids: number[], skipSpecial: boolean): Promise<string>;
    };
  };
}

const folder = process.argv[2];
if (!folder) throw new Error('name the folder in which tokenizers is installed');
const rust = createRequire(join(resolve(folder), 'package.json'))('tokenizers') as Rust;
const normalizer = (options: object) =>
  rust.bertNormalizer({
    cleanText: false,
    handleChineseChars: false,
    stripAccents: false,
    lowercase: false,
    ...options,
  });

const [clean, chinese, strip] = [{ cleanText: true }, { handleChineseChars: true }, { stripAccents: true }].map(
  normalizer,
);
const nfd = rust.nfdNormalizer();
const preTokenizer = rust.bertPreTokenizer();
const words = (text: string): string[] => preTokenizer.preTokenizeString(text).map(([word]) => word);

/** Marks of all the places that one can stand in canonical order: what the library knows as a mark moves among them. */
const ORDERED = ['\u0334', '\u031b', '\u0316', '\u302a', '\u0301', '\u0345', '\u05b0', '\u0f71'];
const reordered = (c: string): boolean =>
  ORDERED.some((mark) =>
    [`a${c}${mark}`, `a${mark}${c}`].some((text) => nfd.normalizeString(text) !== text.normalize('NFD')),
  );

const classes: [name: string, what: string, holds: (c: string) => boolean][] = [
  ['REMOVED', 'Removed: control, format and private-use characters.', (c) => clean.normalizeString(c) === ''],
  ['CHINESE', 'Words of their own.', (c) => chinese.normalizeString(c) !== c],
  ['MARKS', 'Stripped as accents are: nonspacing marks.', (c) => nfd.normalizeString(c) === c && strip.normalizeString(c) === ''],
  ['PUNCTUATION', 'Also words of their own.', (c) => words(`a${c}a`).length === 3 && chinese.normalizeString(c) === c],
  ['NEWER', 'Newer than the library: neither decomposed nor put in canonical order.', (c) => nfd.normalizeString(c) !== c.normalize('NFD') || reordered(c)],
]; // prettier-ignore

function rangesOf(holds: (c: string) => boolean): string {
  const ranges: [number, number][] = [];
  for (const c of everyCharacter()) {
    const code = c.codePointAt(0)!;
    if (!holds(c)) continue;
    const last = ranges.at(-1);
    if (last?.[1] === code - 1) last[1] = code;
    else ranges.push([code, code]);
  }
  const all = ranges.map(([from, to]) => (from === to ? from.toString(16) : `${from.toString(16)}-${to.toString(16)}`));
  return all.join(' ').replaceAll(/(.{1,112})(?: |$)/g, '\n  $1');
}

const table = classes.map(([name, what, holds]) => `/** ${what} */\nexport const ${name} = \`${rangesOf(holds)}\`;\n`);
writeFileSync(
  new URL('../src/data/tokenizer/words/characters.ts', import.meta.url),
  `/** Classes of characters as Hugging Face's Rust library (tokenizers 0.23.2) has them, in hexadecimal: scripts/tokenizerGolden.ts. */\n\n${table.join('\n')}`,
);

const golden = await Promise.all(
  Object.entries(SETTINGS).map(async ([name, settings]) => {
    const normalize = rust.bertNormalizer(settings);
    const json = goldenTokenizer(settings);
    const tokenizer = rust.Tokenizer.fromString(JSON.stringify(json));
    const ids: number[][] = [];
    for (const text of texts()) ids.push((await tokenizer.encode(text, null, { addSpecialTokens: false })).getIds());
    const decoded: string[] = [];
    for (const list of idLists(Object.keys(json.model.vocab).length)) decoded.push(await tokenizer.decode(list, false));
    return [
      name,
      {
        words: digestOfWords((text) => words(normalize.normalizeString(text)), name === 'uncased'),
        ids: digestOfIds(ids),
        decoded: digestOfTexts(decoded),
      },
    ];
  }),
);
writeFileSync(
  new URL('../test/data/tokenizer/rustLibrary.json', import.meta.url),
  `${JSON.stringify(Object.fromEntries(golden))}\n`,
);
