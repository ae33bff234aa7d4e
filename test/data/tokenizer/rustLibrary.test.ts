import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BulkEncoder } from '../../../src/data/tokenizer/bulkEncoder.ts';
import { Tokenizer } from '../../../src/data/tokenizer/tokenizer.ts';
import { bertWords } from '../../../src/data/tokenizer/words/bertWords.ts';
import { digestOfIds, digestOfTexts, digestOfWords, goldenTokenizer, idLists, SETTINGS, texts } from './goldenTexts.ts';

/** SHA-256 of what Hugging Face's Rust library made of the same: scripts/tokenizerGolden.ts. */
type Golden = Record<string, { words: Record<string, string>; ids: string; decoded: string }>;
const golden = JSON.parse(readFileSync(new URL('./rustLibrary.json', import.meta.url), 'utf8')) as Golden;

for (const [name, casing] of Object.entries(SETTINGS)) {
  const tokenizer = Tokenizer.fromJson(goldenTokenizer(casing));

  test(`${name}: every character of Unicode is split as Hugging Face's Rust library splits it`, () =>
    assert.equal(digestOfWords(bertWords(casing), name === 'uncased'), golden[name].words));

  test(`${name}: mixed characters, special tokens and long words have its ids, in bulk as well`, () => {
    assert.is(digestOfIds(texts().map((text) => tokenizer.encode(text))), golden[name].ids);
    const encoder = new BulkEncoder(tokenizer);
    const inBulk = texts().map((text) => Array.from(encoder.encode(text)));
    assert.is(digestOfIds(inBulk), golden[name].ids);
  });

  test(`${name}: ids are decoded to its text`, () =>
    assert.is(digestOfTexts(idLists(tokenizer.vocabSize).map((ids) => tokenizer.decode(ids))), golden[name].decoded));
}

test.run();
