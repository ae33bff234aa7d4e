import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { piecesOfTexts } from '../../../src/data/corpus/textPiece.ts';
import type { TokenizerOptions } from '../../../src/data/dataOptions.ts';
import type { Tokenizer } from '../../../src/data/tokenizer/tokenizer.ts';
import { trainTokenizer } from '../../../src/data/tokenizer/trainTokenizer.ts';
import { rejects } from '../rejects.ts';

async function trained(
  text: string,
  options: Partial<TokenizerOptions> = {},
): Promise<{ tokenizer: Tokenizer; notices: string[] }> {
  const notices: string[] = [];
  const tokenizer = await trainTokenizer(
    piecesOfTexts([text]),
    { vocabSize: 100, lowercase: true, ...options },
    (event) => {
      if ('notice' in event) notices.push(event.notice);
    },
  );
  return { tokenizer, notices };
}

test('a corpus too poor for the vocabulary is told', async () => {
  const { tokenizer, notices } = await trained('ab ab');
  assert.equal(notices, [`the corpus gives a vocabulary of ${tokenizer.vocabSize} tokens, not 100`]);
});

test('each of 1501 Chinese characters has a token where the vocabulary holds them', async () => {
  const characters = Array.from({ length: 1501 }, (_, i) => String.fromCodePoint(0x4e00 + i));
  const { tokenizer } = await trained(characters.join(''), { vocabSize: 3000 });
  assert.is(characters.filter((character) => tokenizer.idOf(character) === undefined).length, 0);
});

test('what share of the words a limited alphabet leaves unknown is told', async () => {
  const { notices } = await trained('aaaa '.repeat(90) + 'xyz '.repeat(10), { limitAlphabet: 1, vocabSize: 9 });
  assert.equal(notices, [
    '3 characters of the corpus get no token, so 10 % of its words become [UNK]; raise limitAlphabet to give them one',
  ]);
});

test('words of more than 100 characters are told with their share', async () => {
  const { notices } = await trained('ab '.repeat(90) + `${'ab'.repeat(60)} `.repeat(10), { vocabSize: 8 });
  assert.equal(notices, [
    '10 words (10 %) are longer than 100 characters and become [UNK]; put spaces into them if they are to be learnt',
  ]);
});

test('a corpus of nothing but such words, or of no words, gets an error', async () => {
  await rejects(
    () => trained(`${'ACGT'.repeat(30)} `.repeat(7)),
    /no word of at most 100 characters .*: all 7 are longer; put spaces/,
  );
  await rejects(() => trained(' \u0007 [MASK]'), /the corpus has no words/);
});

test('lowercase keeps accents and vowel signs where it is asked to', async () => {
  const text = 'Das ist schön schon में '.repeat(9);
  const tokens = async (stripAccents?: boolean | 'auto'): Promise<string> => {
    const { tokenizer } = await trained(text, stripAccents === undefined ? {} : { stripAccents });
    return Array.from(tokenizer.encode('Schön SCHON में'), (id) => tokenizer.tokenOf(id)).join(' ');
  };
  assert.is(await tokens(false), 'schön schon में');
  for (const strip of [undefined, 'auto', true] as const) assert.is(await tokens(strip), 'schon schon म');
});

test('stripAccents is written down as Hugging Face writes it', async () => {
  const written = async (options: Partial<TokenizerOptions>): Promise<unknown> =>
    ((await trained('ab ab', options)).tokenizer.toJson().normalizer as { strip_accents?: unknown }).strip_accents;
  assert.is(await written({}), null);
  assert.is(await written({ stripAccents: false }), false);
  assert.is(await written({ stripAccents: true, lowercase: false }), true);
});

test.run();
