import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeUtf8 } from '../../../src/data/bytes/decodeUtf8.ts';
import { collect, from } from '../collect.ts';
import { rejects } from '../rejects.ts';

const chunksOf = (bytes: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));

test('characters of one to four bytes survive every way of cutting the bytes', async () => {
  const text = 'aé漢😀\u{10ffff}zß€𝄞 end';
  const bytes = new TextEncoder().encode(text);
  for (let size = 1; size <= bytes.length; size++)
    assert.is((await collect(decodeUtf8(from(chunksOf(bytes, size)), 'x'))).join(''), text, `chunks of ${size}`);
});

const faults: [string, number[], number][] = [
  ['a lone continuation byte', [0x61, 0x62, 0x80, 0x63], 2],
  ['a byte that never occurs', [0x61, 0xff, 0x61], 1],
  ['Latin-1', [0x61, 0xe9, 0x20, 0x61], 1],
  ['a character cut short by another', [0x61, 0x61, 0xf0, 0x9f, 0x98, 0x61], 2],
  ['a surrogate', [0x61, 0xed, 0xa0, 0x80], 1],
  ['an overlong form', [0xc0, 0xaf], 0],
  ['a character beyond Unicode', [0x61, 0xf5, 0x80, 0x80, 0x80], 1],
  ['an unfinished character at the end', [0x61, 0xc3, 0xa9, 0xe2, 0x82], 3],
];
for (const [what, bytes, offset] of faults)
  test(`${what} is reported with the file and the offset, wherever chunks end`, async () => {
    for (let size = 1; size <= bytes.length; size++)
      await rejects(
        () => collect(decodeUtf8(from(chunksOf(Uint8Array.from(bytes), size)), 'file.txt')),
        new RegExp(`^file\\.txt: not UTF-8 at byte offset ${offset} `),
      );
  });

test('a NUL byte is reported as binary with its offset', async () => {
  const bytes = new TextEncoder().encode('abcdé\0f');
  await rejects(
    () => collect(decodeUtf8(from(chunksOf(bytes, 4)), 'image.png')),
    /^image\.png: binary: a NUL byte at offset 6/,
  );
});

test.run();
