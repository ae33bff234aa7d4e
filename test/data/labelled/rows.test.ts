import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sequenceExample, tokenExample } from '../../../src/data/labelled/example.ts';
import { labelIds, labelNames } from '../../../src/data/labelled/labelNames.ts';
import type { Row, RowFormat } from '../../../src/data/labelled/row.ts';
import { formatOf, readRows, rowsOf as rowsOfText } from '../../../src/data/labelled/rowsFile.node.ts';
import { BertrandError } from '../../../src/error.ts';
import { messageOf } from '../../messageOf.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { collect, from } from '../collect.ts';

const columns = { text: 'text', pair: undefined, label: 'label' };
const tokens = { tokens: 'tokens', tags: 'tags' };
const folder = temporaryFolder();

/** The rows of a file with this content, whose name in `where` is `f`. */
async function rowsOf(content: string | Uint8Array, format: RowFormat): Promise<Row[]> {
  const path = join(folder, 'f');
  writeFileSync(path, content);
  const rows: Row[] = [];
  try {
    for await (const row of readRows(path, format)) rows.push({ ...row, where: row.where.replace(path, 'f') });
  } catch (error) {
    throw new BertrandError((error as Error).message.replaceAll(path, 'f'), { cause: error });
  }
  return rows;
}

const fields = async (text: string, format: RowFormat): Promise<unknown[]> =>
  (await rowsOf(text, format)).map((row) => [row.where, row.fields]);

test('one table in each format gives the same rows', async () => {
  const expected = [
    { text: 'a, "b"', label: 'x' },
    { text: 'c', label: 'y' },
  ];
  const jsonl = '{"text": "a, \\"b\\"", "label": "x"}\n\n{"text":"c","label":"y"}';
  for (const [format, text] of [
    ['jsonl', jsonl],
    ['csv', '\uFEFFtext,label\r\n"a, ""b""",x\r\n\r\nc,y\r\n'],
    ['tsv', 'text\tlabel\na, "b"\tx\nc\ty'],
  ] as const)
    assert.equal(
      (await rowsOf(text, format)).map((row) => row.fields),
      expected,
      format,
    );
});

test('a row knows the line on which it begins, whatever fields and blank lines came before', async () => {
  assert.equal(await fields('text,label\n"two\nlines",x\n\n"d\ne\nf",y\ng,z\n', 'csv'), [
    ['f:2', { text: 'two\nlines', label: 'x' }],
    ['f:5', { text: 'd\ne\nf', label: 'y' }],
    ['f:8', { text: 'g', label: 'z' }],
  ]);
});

test('a blank line is a row of plain lines, so that answers are in their places, and none of JSON Lines', async () => {
  const lines = [
    ['f:1', { text: 'one' }],
    ['f:2', { text: '' }],
    ['f:3', { text: ' three' }],
  ];
  assert.equal(await fields('one\n\n three\n', 'lines'), lines);
  const found = async (text: string): Promise<unknown[]> =>
    (await collect(rowsOfText(from([text]), undefined, 'f'))).map((row) => [row.where, row.line, row.fields]);
  assert.equal(await found('\n\none\n'), [
    ['f:1', 1, { text: '' }],
    ['f:2', 2, { text: '' }],
    ['f:3', 3, { text: 'one' }],
  ]);
  assert.equal(await found('\n\n{"text":"one"}\n\n'), [['f:3', 3, { text: 'one' }]]);
});

test('a text to be labelled may be blank, one to train on not', () => {
  const row = { fields: { text: ' ', label: 'x', tokens: '' }, where: 'f:1', line: 1 };
  assert.equal(sequenceExample(row, columns, false).texts, [' ']);
  assert.equal(tokenExample(row, tokens, false).texts, []);
  assert.throws(() => sequenceExample(row, columns, true), /found " "; expected a text that is not empty/);
});

test("a file's name says its format", () => {
  const names = ['a.jsonl', 'a.NDJSON', 'b.csv', 'c.tsv', 'd.txt', 'e'];
  assert.equal(names.map(formatOf), ['jsonl', 'jsonl', 'csv', 'tsv', 'lines', 'lines']);
});

for (const [what, format, text, pattern] of [
  ['a field too few', 'csv', 'text,label\na,b\nc\n', /^f:3: found 1 field; expected 2, as in line 1/],
  ['a field too many', 'tsv', 'text\tlabel\na\tb\tc\n', /^f:2: found 3 fields; expected 2/],
  [
    'a quote that never closes',
    'csv',
    'text,label\n"a,b\nc,d\n',
    /^f:2: the file ends inside a quoted field of the row that begins here/,
  ],
  [
    'a quote that is closed by that of a row below',
    'csv',
    'text,label\nz,z\n"a,b\n"c",d\n',
    /^f:4: found a character after the closing quote .* \(the row begins in line 3, where a quote may never be closed\)/,
  ],
  ['a quote inside a field', 'csv', 'text,label\na"b",c\n', /^f:2: found a quote inside a field/],
  [
    'something behind a closing quote',
    'csv',
    'text,label\n"a"b,c\n',
    /^f:2: found a character after the closing quote/,
  ],
  ['a column twice', 'csv', 'text,text\na,b\n', /^f:1: found the column "text" twice/],
  ['only a header', 'csv', 'text,label\n', /^f: found no rows/],
  ['nothing', 'csv', '', /^f: found nothing/],
  ['a line that is no JSON', 'jsonl', '{"text": "a"}\n{"text": }\n', /^f:2: not JSON/],
  ['a line that is no object', 'jsonl', '[1]\n', /^f:1: found \[1\]; expected an object/],
] as const)
  test(`${what} is told with its line`, async () => {
    assert.match(await messageOf(() => rowsOf(text, format)), pattern);
  });

test('a file that cannot be read as text is told of in one line', async () => {
  assert.match(
    await messageOf(() => rowsOf(Uint8Array.of(116, 10, 97, 10, 255, 10), 'csv')),
    /^f: not UTF-8 at byte offset 4/,
  );
  assert.match(await messageOf(() => rowsOf('a\0b', 'lines')), /^f: binary: a NUL byte at offset 1/);
  const first = (path: string) => readRows(path).next();
  assert.match(await messageOf(() => first(`${folder}/none.csv`)), /none\.csv: cannot be read: no such file/);
  assert.match(await messageOf(() => first(folder)), /it is a folder; expected a file/);
});

test('only the present row is held, and one too long is refused', async () => {
  const path = join(folder, 'long.csv');
  writeFileSync(path, `text,label\n${'a,b\n'.repeat(200_000)}"${'never closed\n'.repeat(1_400_000)}`);
  let rows = 0;
  const read = async (): Promise<void> => {
    for await (const _ of readRows(path)) rows += 1;
  };
  assert.match(
    await messageOf(read),
    /long\.csv:200002: the row has more than 16777216 characters; is a quote missing/,
  );
  assert.is(rows, 200_000);
  for await (const { where } of readRows(path)) {
    assert.is(where, `${path}:2`); // and leaves the file
    break;
  }
});

test('labels may be numbers, and words a list or a text', () => {
  const row = (fields: Record<string, unknown>) => ({ fields, where: 'f:1', line: 1 });
  assert.equal(sequenceExample(row({ text: 'a', label: 3 }), columns, true).labels, ['3']);
  const example = { where: 'f:1', texts: ['a', 'b'], labels: ['B-X', 'O'] };
  assert.equal(tokenExample(row({ tokens: ['a', 'b'], tags: ['B-X', 'O'] }), tokens, true), example);
  assert.equal(tokenExample(row({ tokens: ' a  b ', tags: 'B-X O' }), tokens, true), example);
  const pair = sequenceExample(row({ text: 'a', b: 'c', label: true }), { ...columns, pair: 'b' }, true);
  assert.equal(pair, { where: 'f:1', texts: ['a', 'c'], labels: ['true'] });
});

for (const [what, work, pattern] of [
  [
    'a field that is not there',
    () => sequenceExample({ fields: { txt: 'a' }, where: 'f:1', line: 1 }, columns, true),
    /^f:1: there is no field "text"; found "txt"; rename/,
  ],
  [
    'an empty label',
    () => sequenceExample({ fields: { text: 'a', label: ' ' }, where: 'f:1', line: 1 }, columns, true),
    /^f:1: label: found " "; expected a label/,
  ],
  [
    'a text that is a number',
    () => sequenceExample({ fields: { text: 1, label: 'a' }, where: 'f:1', line: 1 }, columns, true),
    /^f:1: text: found 1; expected a text/,
  ],
  [
    'a tag too few',
    () => tokenExample({ fields: { tokens: 'a b', tags: 'O' }, where: 'f:1', line: 1 }, tokens, true),
    /^f:1: found 1 tags in tags; expected 2/,
  ],
  [
    'an entity that nothing began',
    () => tokenExample({ fields: { tokens: 'a b', tags: 'O I-X' }, where: 'f:1', line: 1 }, tokens, true),
    /^f:1: word 2 has the tag I-X after O; in IOB2 an entity begins with B-X/,
  ],
  [
    'an entity that goes on with another type',
    () => tokenExample({ fields: { tokens: 'a b', tags: 'B-Y I-X' }, where: 'f:1', line: 1 }, tokens, true),
    /^f:1: word 2 has the tag I-X after B-Y/,
  ],
  [
    'a tag of another scheme',
    () => tokenExample({ fields: { tokens: 'a b', tags: 'O X' }, where: 'f:1', line: 1 }, tokens, true),
    /^f:1: word 2 has the tag "X"; expected O, B-TYPE or I-TYPE/,
  ],
] as const)
  test(`${what} is told with its line`, async () => {
    assert.match(await messageOf(work), pattern);
  });

test('label names are in order, numbers by size', () => {
  const examples = (...labels: string[]) => labels.map((label) => ({ where: 'f:1', texts: ['a'], labels: [label] }));
  assert.equal(labelNames(examples('b', 'a', 'b')), ['a', 'b']);
  assert.equal(labelNames(examples('10', '9', '-1')), ['-1', '9', '10']);
});

test('a label that training never saw is told with its line', async () => {
  const example = { where: 'f:7', texts: ['a'], labels: ['c'] };
  const names = new Map([
    ['a', 0],
    ['b', 1],
  ]);
  assert.match(await messageOf(() => labelIds(example, names)), /^f:7: found the label "c"; expected one of a, b/);
});

test.run();
