import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { piecesOfTexts } from '../../../src/data/corpus/textPiece.ts';
import { bertWords } from '../../../src/data/tokenizer/bertWords.ts';
import { countWords } from '../../../src/data/tokenizer/countWords.ts';

test('words are counted after normalising', async () => {
  const counts = await countWords(
    piecesOfTexts(["The the THE café, cafe\tdon't", '漢字 the\u00a0end']),
    bertWords(true),
  );
  assert.equal(Object.fromEntries(counts), {
    the: 4, cafe: 2, ',': 1, don: 1, "'": 1, t: 1, 漢: 1, 字: 1, end: 1,
  }); // prettier-ignore
});

test('case and accents stay where they are asked to', async () => {
  const counts = await countWords(piecesOfTexts(['Éa éa Éa']), bertWords(false));
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
  const counts = await countWords(piecesOfTexts(texts), bertWords(true), 1000);
  assert.ok(counts.size <= 1000, `${counts.size} words`);
  assert.is(counts.get('often'), 200);
});

test.run();
