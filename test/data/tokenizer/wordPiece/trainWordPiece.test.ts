import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { trainWordPiece } from '../../../../src/data/tokenizer/wordPiece/trainWordPiece.ts';
import { rejects } from '../../rejects.ts';

const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];

/** The same vocabulary by counting all pairs anew for each merge. */
function slowly(words: Map<string, number>, vocabSize: number, minFrequency: number): string[] {
  const sorted = [...words].toSorted((a, b) => (a[0] < b[0] ? -1 : 1));
  const split = sorted.map(([word, count]) => ({
    pieces: Array.from(word, (character: string, i) => (i === 0 ? character : `##${character}`)),
    count,
  }));
  const characters = [
    ...new Set(split.flatMap(({ pieces }) => pieces.map((piece) => piece.replace('##', '')))),
  ].toSorted((a, b) => (a < b ? -1 : 1));
  const inside = new Set(split.flatMap(({ pieces }) => pieces.slice(1)));
  const tokens = [...SPECIAL, ...characters, ...characters.map((c) => `##${c}`).filter((c) => inside.has(c))];
  while (tokens.length < vocabSize) {
    const counts = new Map<string, number>();
    for (const { pieces, count } of split)
      for (let i = 1; i < pieces.length; i++) {
        const pair = `${pieces[i - 1]} ${pieces[i]}`;
        counts.set(pair, (counts.get(pair) ?? 0) + count);
      }
    const rank = (pair: string): number[] => pair.split(' ').map((token) => tokens.indexOf(token));
    const [best] = [...counts].toSorted((a, b) => {
      const [left, right] = [rank(a[0]), rank(b[0])];
      return b[1] - a[1] || left[0] - right[0] || left[1] - right[1];
    });
    if (!best || best[1] < minFrequency) break;
    const [left, right] = best[0].split(' ') as [string, string];
    const joined = left + right.slice(2);
    if (!tokens.includes(joined)) tokens.push(joined);
    for (const { pieces } of split)
      for (let i = 0; i + 1 < pieces.length; i++)
        if (pieces[i] === left && pieces[i + 1] === right) pieces.splice(i, 2, joined);
  }
  return tokens;
}

test('merging by updated counts gives what counting anew gives', () => {
  const random = seedrandom('words');
  for (let round = 0; round < 40; round++) {
    const letters = 'abcdé'.slice(0, 1 + Math.floor(random() * 5));
    const words = new Map<string, number>();
    for (let i = 0; i < 40; i++) {
      const word = Array.from(
        { length: 1 + Math.floor(random() * 9) },
        () => letters[Math.floor(random() * letters.length)],
      );
      words.set(word.join(''), 1 + Math.floor(random() * 6));
    }
    const minFrequency = 1 + (round % 3);
    assert.equal(
      trainWordPiece(words, { vocabSize: 70, minFrequency }),
      slowly(words, 70, minFrequency),
      `round ${round}`,
    );
  }
});

test('the order in which words were counted changes nothing', () => {
  const words: [string, number][] = [
    ['hug', 10],
    ['pug', 5],
    ['pun', 12],
    ['bun', 4],
    ['hugs', 5],
  ];
  const options = { vocabSize: 30 };
  assert.equal(trainWordPiece(new Map(words), options), trainWordPiece(new Map(words.toReversed()), options));
});

test('merges go by frequency and stop at the smallest frequency', () => {
  const words = new Map([
    ['hug', 10],
    ['pug', 5],
    ['pun', 12],
    ['bun', 4],
    ['hugs', 5],
  ]);
  const characters = ['b', 'g', 'h', 'n', 'p', 's', 'u', '##g', '##n', '##s', '##u'];
  assert.equal(trainWordPiece(words, { vocabSize: 100, minFrequency: 12 }), [
    ...SPECIAL,
    ...characters,
    '##ug', // 20
    '##un', // 16
    'hug', // 15
    'pun', // 12
  ]);
});

test('characters beyond the limit of the alphabet get no token, nor do words that hold them', () => {
  const words = new Map([
    ['aa', 10],
    ['ab', 8],
    ['az', 1],
  ]);
  const tokens = trainWordPiece(words, { vocabSize: 100, limitAlphabet: 2, minFrequency: 1 });
  assert.equal(tokens, [...SPECIAL, 'a', 'b', '##a', '##b', 'aa', 'ab']);
});

test('a vocabulary too small for the characters gets an error that says the least size', () =>
  rejects(
    () => trainWordPiece(new Map([['abc', 1]]), { vocabSize: 9 }),
    /vocabSize 9 .* at least 10; raise it, or set limitAlphabet .* of the 3 characters/,
  ));

test.run();
