import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { linesOf } from '../../../src/data/lines/readLines.node.ts';
import { readTexts } from '../../../src/data/labelled/readTexts.node.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { collect, from } from '../collect.ts';
import { rejects } from '../rejects.ts';

const folder = temporaryFolder({
  'plain.txt': '\uFEFFa é\r\n\n  b\n\uFEFFc',
  'some.jsonl': '{"text":"one","body":"1"}\n\n{"text":"","body":"2"}\n',
  'some.txt': '{"text":"one"}\n',
  'array.jsonl': '{"text":"one"}\n["two"]\n',
  'broken.jsonl': '{"text":"one"}\n{"text":\n',
  'number.jsonl': '{"text":1}\n',
  'packed.jsonl.gz': gzipSync('{"text":"one"}\n'),
  'table.csv': 'id,text,body\n1,"two\nlines",\n2,"b, c",d\n',
  'table.tsv': 'id\ttext\n1\ta\n',
  'empty.txt': '',
  'latin1.txt': Buffer.from([0x61, 0x0a, 0xe9, 0x0a]),
});

async function texts(name: string, field?: string): Promise<[number, string][]> {
  const found: [number, string][] = [];
  for await (const { text, number } of readTexts(join(folder, name), field)) found.push([number, text]);
  return found;
}

test('each line is a text, blank ones too, without its end or a byte order mark at the beginning of the file', async () => {
  assert.equal(await texts('plain.txt'), [
    [1, 'a é'],
    [2, ''],
    [3, '  b'],
    [4, '\uFEFFc'],
  ]);
});

test('lines longer than a piece of the file are whole', async () => {
  const long = 'é'.repeat(100_000);
  const place = temporaryFolder({ 'long.txt': `${long}\nend\n` });
  const found: string[] = [];
  for await (const { text } of readTexts(join(place, 'long.txt'))) found.push(text);
  assert.equal(found, [long, 'end']);
});

test('of JSON Lines it is a field: text, or another that is named; lines between are passed over', async () => {
  assert.equal(await texts('some.jsonl'), [
    [1, 'one'],
    [3, ''],
  ]);
  assert.equal(await texts('some.jsonl', 'body'), [
    [1, '1'],
    [3, '2'],
  ]);
  assert.equal(await texts('some.txt'), [[1, '{"text":"one"}']]);
  assert.equal(await texts('some.txt', 'text'), [[1, 'one']]);
});

test('of a table it is a column, and what is packed is read by the name below', async () => {
  assert.equal(await texts('table.csv'), [
    [2, 'two\nlines'],
    [4, 'b, c'],
  ]);
  assert.equal(await texts('table.csv', 'body'), [
    [2, ''],
    [4, 'd'],
  ]);
  assert.equal(await texts('table.tsv'), [[2, 'a']]);
  assert.equal(await texts('packed.jsonl.gz'), [[1, 'one']]);
});

for (const [name, field, pattern] of [
  ['table.csv', 'title', /table\.csv:2: there is no field title; found id, text, body; name the field/],
  ['some.jsonl', 'title', /some\.jsonl:1: there is no field title; found text, body; name the field/],
  ['some.jsonl', 'toString', /some\.jsonl:1: there is no field toString/],
  ['number.jsonl', undefined, /number\.jsonl:1: text is no text/],
  ['array.jsonl', undefined, /array\.jsonl:2: found .*; expected an object like/],
  ['broken.jsonl', undefined, /broken\.jsonl:2: not JSON \(.*expected one object a line/],
  ['empty.txt', undefined, /empty\.txt: found no rows; expected at least one/],
  ['latin1.txt', undefined, /latin1\.txt: not UTF-8 at byte offset 2/],
  ['nowhere.txt', undefined, /nowhere\.txt: cannot be read: .*no such file/],
] as const)
  test(`${name}${field === undefined ? '' : ` with the field ${field}`}: one clear error`, async () => {
    await rejects(() => texts(name, field), pattern);
  });

test('a long line is not looked at over and over as it comes', async () => {
  const pieces = Array.from({ length: 8000 }, () => 'x'.repeat(512));
  const began = performance.now();
  const lines = await collect(linesOf(from(['a\nb', ...pieces, '\r\nc\n']), 'text'));
  assert.ok(performance.now() - began < 4000, `${performance.now() - began} ms`); // it took half a minute
  assert.equal(
    lines.map(({ text, number }) => [text.length, number]),
    [[1, 1], [1 + 8000 * 512, 2], [1, 3]], // prettier-ignore
  );
});

test.run();
