import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { countWords } from '../../../web/src/view/ownText/countWords.ts';
import { verdict } from '../../../web/src/view/ownText/verdict.ts';
import { messageOf } from '../../messageOf.ts';

const words = (text: string | Uint8Array<ArrayBuffer>): Promise<number> =>
  countWords({ path: 'my.txt', blob: new Blob([text]) });

test('words are what stands between spaces, also across the pieces that a file is read in; Chinese characters count one by one', async () => {
  assert.is(await words(''), 0);
  assert.is(await words(' two  words\n'), 2);
  assert.is(await words('ein Wort\u3000\u4e00\u4e8c\u4e09'), 5);
  const long = 'abcde fghij '.repeat(100_000); // a piece ends in the middle of a word
  assert.is(await words(long), 200_000);
  assert.is(await words(long.replaceAll(' ', '')), 1);
});

test('what is no text is refused as training would refuse it', async () => {
  const refused = (bytes: number[]): Promise<string> => messageOf(() => words(Uint8Array.from(bytes)));
  assert.match(await refused([0x41, 0x42, 0, 1]), /^my\.txt: binary: a NUL byte at offset 2/);
  assert.match(await refused([0x25, 0x50, 0x44, 0x46, 0x2d, 0x31]), /^my\.txt: a PDF/);
  assert.match(await refused([0x41, 0xff, 0x42]), /^my\.txt: not UTF-8 at byte offset 1/);
});

test('the verdict on a text grows with it', () => {
  assert.match(verdict(0), /^Nothing yet/);
  assert.match(verdict(100), /^100 words: too few/);
  assert.is(verdict(2400), '2,400 words: enough for a first look; 50,000 learn well.');
  assert.match(verdict(60_000), /^60,000 words: enough to learn well/);
});

test.run();
