import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { alphabetOf } from '../../../../src/data/tokenizer/wordPiece/alphabet.ts';

/** Words of one character each, with its count: `count(0)` for the first. */
const singles = (size: number, count: (i: number) => number): [string, number][] =>
  Array.from({ length: size }, (_, i) => [String.fromCodePoint(0x4e00 + i), count(i)]);
const sizeOf = (words: [string, number][], limit: number | 'auto' = 'auto', room = 1e6): number =>
  alphabetOf(words, { limit, room }).length;

test('a limit keeps the most frequent, in the order of their code points', () => {
  assert.equal(alphabetOf([['ba', 3], ['c', 9], ['d', 1]], { limit: 3, room: 9 }), ['a', 'b', 'c']); // prettier-ignore
});

test('auto takes 1000, and more while 99.95 % of the text are not covered', () => {
  assert.is(sizeOf(singles(900, () => 1)), 900);
  // 1000 characters are 1,999,000 of 2,000,000: 99.95 %.
  assert.is(sizeOf(singles(2000, (i) => (i < 1000 ? 1999 : 1))), 1000);
  // Now 1000 are less, and 1500 are enough.
  assert.is(sizeOf(singles(2500, (i) => (i < 1500 ? 3000 : 1))), 1500);
});

test('auto leaves out none that is as frequent as one taken', () => {
  assert.is(sizeOf(singles(3000, () => 5)), 3000); // without this it would be 2999
});

test('auto takes no more than the vocabulary has room for, counting what stands within words twice', () => {
  assert.is(
    sizeOf(
      singles(1501, () => 5),
      'auto',
      1200,
    ),
    1200,
  );
  const pairs = singles(3000, () => 5).map(([character, count]): [string, number] => [`a${character}`, count]);
  assert.is(sizeOf(pairs, 'auto', 3001), 1501); // a, and 1500 within words
  assert.is(sizeOf(pairs, 'auto', 10), 1000); // so that the trainer can say what it takes
});

test('a limit holds whatever the text', () => {
  assert.is(
    sizeOf(
      singles(5000, () => 5),
      4000,
    ),
    4000,
  );
});

test.run();
