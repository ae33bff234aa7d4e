import * as zlib from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Corpus } from '../../../src/data/corpus/corpus.node.ts';
import { collect } from '../collect.ts';
import { rejects } from '../rejects.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { tables } from './tables.ts';

const table = (name: string): Buffer => Buffer.from(tables[name], 'base64');

async function read(files: Record<string, Uint8Array>, field = 'text'): Promise<[texts: string[], notices: string[]]> {
  const notices: string[] = [];
  const note = (event: object): void => void ('notice' in event && notices.push(String(event.notice)));
  const corpus = new Corpus(['*'], { documents: 'file', field }, temporaryFolder(files));
  const pieces = await collect(corpus.pieces(undefined, note));
  return [pieces.map(({ text }) => text), notices];
}
const TEXTS = ['It was a dark night.', 'So it was.'];

for (const [what, name, bytes] of [
  ['Snappy', 'a.parquet', table('snappy')],
  ['gzip', 'a.parquet', table('gzip')],
  ['any name', 'a.txt', table('snappy')],
  ['a table that is packed as a whole', 'a.parquet.gz', zlib.gzipSync(table('snappy'))],
] as const)
  test(`a column of texts is read: ${what}`, async () => {
    const [texts, notices] = await read({ [name]: bytes });
    assert.equal(texts, TEXTS);
    assert.match(notices[0], /1 row has no text and is passed over$/);
  });

test('zstd is read where Node has it; of LZ4 it is said what to do', async () => {
  if ('zstdDecompressSync' in zlib) assert.equal((await read({ 'a.parquet': table('zstd') }))[0], TEXTS);
  else
    await rejects(
      () => read({ 'a.parquet': table('zstd') }),
      /packed with ZSTD, which is not read here; use Node 22\.15/,
    );
  await rejects(() => read({ 'a.parquet': table('lz4_raw') }), /a\.parquet: its columns are packed with LZ4_RAW, .* Snappy, gzip or zstd/); // prettier-ignore
});

test('groups of rows and texts from a dictionary come in order', async () => {
  const [texts] = await read({ 'a.parquet': table('dictionary') });
  assert.is(texts.length, 60_000);
  for (const i of [0, 1, 20_479, 20_480, 59_999]) assert.is(texts[i], `word ${i % 5}`);
});

const cut = table('snappy').subarray(0, -5);
const damaged = table('snappy');
damaged[60] ^= 255;
const latin = table('snappy');
latin[latin.indexOf('dark')] = 0xe9;
for (const [what, bytes, field, message] of [
  ['another column', table('snappy'), 'body', /a\.parquet: there is no field "body"; found "id", "text"; rename/],
  ['numbers', table('snappy'), 'id', /a\.parquet: id: found a column of INT32; expected texts; name the column/],
  [
    'a table cut short',
    cut,
    'text',
    /its table of contents cannot be read: the file is cut short; fetch or write it again/,
  ],
  ['a damaged page', damaged, 'text', /a\.parquet: group 1 of 1 of its rows cannot be read: .*; fetch/],
  ['a text in Latin-1', latin, 'text', /its rows cannot be read: a text is not UTF-8; fetch/],
  ['its name alone', Buffer.from('no table'), 'text', /a\.parquet: no Parquet file: it does not begin with PAR1/],
] as const)
  test(`${what} is refused with what to do`, () => rejects(() => read({ 'a.parquet': bytes }, field), message));

test('whatever byte is another, the table is taken or refused in a sentence', async () => {
  const intact = table('snappy');
  for (let at = 0; at < intact.length; at += 3) {
    const bytes = Buffer.from(intact);
    bytes[at] ^= 1 + (at % 255);
    await read({ 'a.parquet': bytes }).catch((error: Error) =>
      assert.is(error.name, 'BertrandError', `${at}: ${error.stack}`),
    );
  }
});

test.run();
