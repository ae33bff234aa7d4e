import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { piecesOfTexts } from '../../../../src/data/corpus/textPiece.ts';
import { bertWords } from '../../../../src/data/tokenizer/words/bertWords.ts';
import { countWords } from '../../../../src/data/tokenizer/words/countWords.ts';

test('words are counted after normalising', async () => {
  const { counts } = await countWords(
    piecesOfTexts(["The the THE café, cafe\tdon't", '漢字 the\u00a0end']),
    bertWords({ lowercase: true }),
  );
  assert.equal(Object.fromEntries(counts), {
    the: 4, cafe: 2, ',': 1, don: 1, "'": 1, t: 1, 漢: 1, 字: 1, end: 1,
  }); // prettier-ignore
});

test('case and accents stay where they are asked to', async () => {
  const { counts } = await countWords(piecesOfTexts(['Éa éa Éa']), bertWords({ lowercase: false }));
  assert.equal(Object.fromEntries(counts), { Éa: 2, éa: 1 });
});

test('past the limit the rarest words are forgotten and the frequent keep their counts', async () => {
  const rare = Array.from({ length: 5000 }, (_, i) => `rare${i}`);
  const texts = Array.from(
    { length: 100 },
    (_, i) =>
      `often often ${rare
        .slice(i * 50, i * 50 + 50)
        .join(' ')
        .repeat(2)}`,
  );
  const { counts } = await countWords(piecesOfTexts(texts), bertWords({ lowercase: true }), 1000);
  assert.ok(counts.size <= 1000, `${counts.size} words`);
  assert.is(counts.get('often'), 200);
});

test('special tokens written in the text are no words, and end those beside them', async () => {
  const { counts } = await countWords(
    piecesOfTexts(['the [MASK] x[SEP]y [mask] [PAD']),
    bertWords({ lowercase: true }),
  );
  assert.equal(Object.fromEntries(counts), { the: 1, x: 1, y: 1, '[': 2, mask: 1, ']': 1, pad: 1 });
});

test('words of more than 100 characters are told apart, by characters and not by their halves', async () => {
  const text = [100, 101].flatMap((length) => ['x'.repeat(length), '𝄞'.repeat(length)]).join(' ');
  const { counts, tooLong } = await countWords(
    piecesOfTexts([text, `${'y'.repeat(5000)} `.repeat(3)]),
    bertWords({ lowercase: true }),
  );
  assert.equal([...counts.keys()], ['x'.repeat(100), '𝄞'.repeat(100)]);
  assert.is(tooLong, 5);
});

test.run();
