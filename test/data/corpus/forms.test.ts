import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Corpus } from '../../../src/data/corpus/corpus.node.ts';
import type { DocumentMode } from '../../../src/data/corpus/textPiece.ts';
import { rejects } from '../rejects.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';

const { gzipSync } = zlib;
const { zstdCompressSync } = zlib as { zstdCompressSync?: (bytes: Uint8Array) => Uint8Array };
const jsonl = '{"id": 1, "text": "It was a dark night."}\n\n{"id": 2, "text": "So it was."}\n';
const csv = 'id,text\n1,"It was a dark night."\n2,So it was.\n';
const tsv = 'id\ttext\r\n1\tIt was a dark night.\r\n2\tSo it was.\r\n';
const TEXTS = ['It was a dark night.', 'So it was.'];
const ZSTD = Uint8Array.from(Buffer.from('KLUv/SAgAQEASXQgd2FzIGEgZGFyayBuaWdodC4KU28gaXQgd2FzLgo=', 'base64'));

interface Read {
  readonly texts: string[];
  readonly notices: string[];
}

/** The documents of files in a folder of their own. */
async function read(
  files: Record<string, string | Uint8Array>,
  documents: DocumentMode = 'line',
  field = 'text',
): Promise<Read> {
  const folder = temporaryFolder(files);
  const corpus = new Corpus(['**'], { documents, field }, folder);
  const notices: string[] = [];
  const note = (event: object): void => void ('notice' in event && notices.push(String(event.notice)));
  let done = 0;
  const texts: string[] = [];
  for await (const { text } of corpus.pieces((bytes) => (done = bytes), note)) {
    texts.push(text);
  }
  assert.ok(done >= corpus.bytes, 'progress ends at all bytes');
  return { texts, notices: notices.map((notice) => notice.replaceAll(join(folder, '/'), '')) };
}

const forms: [string, Record<string, string | Uint8Array>][] = [
  ['lines', { 'a.txt': `${TEXTS.join('\r\n')}\n\n` }],
  ['JSON Lines', { 'a.jsonl': jsonl }],
  ['CSV', { 'a.csv': csv }],
  ['TSV', { 'a.tsv': tsv }],
  ['lines in gzip', { 'a.txt.gz': gzipSync(TEXTS.join('\n')) }],
  ['JSON Lines in gzip', { 'a.jsonl.gz': gzipSync(jsonl) }],
  ['CSV in gzip', { 'a.csv.gz': gzipSync(csv) }],
  ['gzip by the name of text', { 'a.txt': gzipSync(TEXTS.join('\n')) }],
  ['several parts of gzip in one', { 'a.gz': Buffer.concat(TEXTS.map((text) => gzipSync(`${text}\n`))) }],
  ['text by the name of gzip', { 'a.txt.gz': TEXTS.join('\n') }],
];
for (const [what, files] of forms)
  test(`${what}: each is a document`, async () => assert.equal((await read(files)).texts, TEXTS));

for (const [name, content, form] of [
  ['a.csv', jsonl, 'JSON Lines'],
  ['a.tsv', jsonl, 'JSON Lines'],
  ['a.csv', tsv, 'TSV'],
  ['a.tsv', csv, 'CSV'],
] as const)
  test(`${form} by the name ${name} is read as what it is, with a notice`, async () =>
    assert.equal(await read({ [name]: content }), {
      texts: TEXTS,
      notices: [`${name} is read as ${form}, by what is in it`],
    }));

test('a table with other signs between its columns says so by the name of a table, too', () =>
  rejects(
    () => read({ 'a.csv': csv.replaceAll(',', ';') }),
    /a\.csv: a table with ; between its columns; expected commas or tabs; write it as CSV or TSV/,
  ));

test('what its name does not say is told by its content, with a notice', async () => {
  assert.equal(await read({ 'a.txt': jsonl }), {
    texts: TEXTS,
    notices: ['a.txt is read as JSON Lines, by what is in it'],
  });
  assert.equal(await read({ 'a.txt': csv }), { texts: TEXTS, notices: ['a.txt is read as CSV, by what is in it'] });
  assert.equal(await read({ 'a.gz': gzipSync(tsv) }), {
    texts: TEXTS,
    notices: ['a.gz is read as TSV, by what is in it'],
  });
  assert.equal((await read({ 'a.txt': `\n${csv}` }, 'file')).texts, [`\n${csv}`]); // as the message on tables says
});

test('zstd is read where Node has it, and otherwise refused with what to do', async () => {
  if (zstdCompressSync) {
    assert.equal((await read({ 'a.txt': ZSTD })).texts, TEXTS);
    const packed = zstdCompressSync(Buffer.from(jsonl.repeat(20_000)));
    assert.is((await read({ 'a.jsonl.zst': packed })).texts.length, 40_000);
    assert.equal((await read({ 'a.zst': Buffer.concat([ZSTD, ZSTD]) })).texts, [...TEXTS, ...TEXTS]);
    await rejects(() => read({ 'a.zst': packed.subarray(0, -9) }), /a\.zst: its zstd data end too early; fetch or pack/);
    packed[packed.length >> 1] ^= 255;
    await rejects(() => read({ 'a.zst': packed }), /a\.zst: its zstd data are damaged \(/);
  } else await rejects(() => read({ 'a.txt': ZSTD }), /a\.txt: compressed with zstd, which this Node \(v20.*; use Node 22\.15 or later, or unpack it first: unzstd/); // prettier-ignore
});

test('rows without text are passed over and counted; the field has any name', async () => {
  const rows = '{"body": "one"}\n{"body": null}\n{"body": " "}\n{"body": "two"}\n';
  const { texts, notices } = await read({ 'a.jsonl': rows }, 'file', 'body');
  assert.equal(texts, ['one', 'two']);
  assert.equal(notices, ['a.jsonl: 2 rows have no text and are passed over']);
});

test('notices on many files are cut off and counted', async () => {
  const files = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`${i}.txt`, csv]));
  const { notices } = await read(files);
  assert.is(notices.length, 6);
  assert.is(notices[5], '3 more files with such notices');
});

const damaged = gzipSync(TEXTS.join('\n').repeat(500));
damaged[damaged.length - 6] ^= 255;
const refused: [string, Record<string, string | Uint8Array>, RegExp][] = [
  [
    'a field that is not there',
    { 'a.jsonl': jsonl.replaceAll('text', 'body') },
    /a\.jsonl:1: there is no field "text"; found "id", "body"; rename/,
  ],
  [
    'a text that is a number',
    { 'a.jsonl': '{"text": "a"}\n{"text": 3}\n' },
    /a\.jsonl:2: text: found 3; expected a text/,
  ],
  [
    'prose by the name of JSON Lines',
    { 'a.jsonl': 'It was dark.\n' },
    /a\.jsonl:1: not JSON .*; expected one object a line/,
  ],
  ['a line cut short', { 'a.jsonl': `${jsonl}{"text": "a` }, /a\.jsonl:4: not JSON/],
  ['a row with too many fields', { 'a.csv': `${csv}3,a,b\n` }, /a\.csv:4: found 3 fields; expected 2/],
  [
    'a list of JSON',
    { 'a.json': '[{"text": "a"},\n{"text": "b"}]' },
    /a\.json: JSON, but not one object a line; write .*jq -c '\.\[\]'/,
  ],
  [
    'an object of JSON over lines',
    { 'a.json': '{\n"text": "a"\n}' },
    /a\.json: JSON, but not one object a line; .*jq -c \. FILE/,
  ],
  [
    'a table of other columns',
    { 'a.txt': csv.replace('text', 'body') },
    /a\.txt: it looks like CSV with the columns id, body; expected one named text; .*data\.field, or if it is prose/,
  ],
  ['a table with semicolons', { 'a.txt': csv.replaceAll(',', ';') }, /a\.txt: a table with ; between its columns/],
  ['gzip cut short', { 'a.gz': damaged.subarray(0, 60) }, /a\.gz: its gzip data end too early; fetch or pack it again/],
  ['damaged gzip', { 'a.gz': damaged }, /a\.gz: its gzip data are damaged \(incorrect data check\); fetch/],
  [
    'gzip in gzip',
    { 'a.gz': gzipSync(gzipSync('text')) },
    /a\.gz: compressed with gzip twice; unpack it first: gunzip/,
  ],
  [
    'bytes in gzip that are no text',
    { 'a.gz': gzipSync(Uint8Array.of(65, 66, 0)) },
    /a\.gz: binary: a NUL byte at offset 2/,
  ],
  [
    'a bomb',
    { 'a.gz': gzipSync(' '.repeat(4e7)) },
    /a\.gz: its text has more than 100 times the bytes of the file, .* gunzip/,
  ],
  [
    'another packing',
    { 'a.txt': Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 1) },
    /a\.txt: compressed with xz; unpack it first: unxz/,
  ],
];
for (const [what, files, message] of refused)
  test(`${what} is refused with file, place and advice`, () => rejects(() => read(files), message)); // prettier-ignore

test('the standard input is a corpus by itself', async () => {
  const corpus = new Corpus(['-'], { documents: 'line', field: 'text' }, '.');
  assert.ok(corpus.once);
  await rejects(
    () => new Corpus(['-', 'a.txt'], { documents: 'line', field: 'text' }, '.'),
    /data\.corpus: found - among others/,
  );
});

test.run();
