import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { expectPlainText } from '../../../src/data/corpus/otherFormats.ts';
import { collect, from } from '../collect.ts';
import { rejects } from '../rejects.ts';

const read = async (content: string | Uint8Array, name = 'a.txt'): Promise<string> => {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return Buffer.concat(
    await collect(expectPlainText(from([bytes.subarray(0, 200), bytes.subarray(200)]), name)),
  ).toString();
};

const refused: [string, string | Uint8Array, RegExp][] = [
  ['gzip', gzipSync('text'), /^a\.txt: compressed with gzip; expected plain text in UTF-8; unpack it first: gunzip$/],
  ['zstd', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0), /compressed with zstd/],
  ['a zip', Uint8Array.of(0x50, 0x4b, 3, 4, 0), /a zip archive/],
  ['a PDF', '%PDF-1.7\n', /a PDF; .*pdftotext/],
  [
    'JSON lines',
    '{"text": "It was a dark night."}\n{"text": "So it was."}\n',
    /^a\.txt: JSON; .*write the texts in it/,
  ],
  ['JSON', '\ufeff[\n  { "a \\"b\\"": 1 }\n]', /: JSON/],
  ['CSV', 'id,text\n1,"A night, dark ""and"" long\nover two lines"\n2,So it was\n', /a table \(CSV or TSV\)/],
  ['TSV', 'text\tlabel\r\nIt was dark\t1\r\nIt is not\t0\r\n', /a table/],
];
for (const [what, content, message] of refused)
  test(`${what} is refused by its content`, () => rejects(() => read(content), message));

test('a name that says CSV or TSV is believed', async () => {
  await rejects(() => read('1 2\n3 4\n', 'a.csv'), /a\.csv: a table/);
  await rejects(() => read('1 2\n3 4\n', 'a.TSV'), /a\.TSV: a table/);
});

test('prose that looks a little like it is text, and comes through whole', async () => {
  for (const text of [
    '',
    '{ braces } and "quotes": prose',
    '["Well," she said, "that is that."]',
    'BZ, the chemist\n',
    'Red, white, blue\nRoses, violets, tulips\nOne, two, three\n'.repeat(20),
    'Night\nIt was dark, and long.\nSo it was, they said.\n',
    '1,000\n2,000\n3,000\n',
    'a,b\nbut,then,prose, which has no columns\nand so on\n',
    'word '.repeat(100_000),
  ])
    assert.is(await read(text), text);
});

test.run();
