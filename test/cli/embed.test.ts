import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openReference } from '../../src/kernels/reference/index.ts';
import { Embedder } from '../../src/train/embed/embedder.ts';
import { openTrained } from '../../src/train/evaluate/trained.node.ts';
import { exportRun } from '../../src/train/export/exportRun.node.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { smallRun } from '../train/smallRun.ts';
import { bertrand, clear, startWith } from './commandLine.ts';

const texts = ['the king rules over land and sea', '', 'birds sing', 'old trees with grace every day'];
const folder = temporaryFolder({
  'texts.txt': `${texts.join('\n')}\n`,
  'texts.jsonl': texts.map((body) => `${JSON.stringify({ body })}\n`).join(''),
  'long.txt': `the king\n${'the king rules over land and sea '.repeat(3)}\n`,
  'empty.txt': '',
});
const SIZE = 16;
const path = await smallRun(folder, 'run', ['model.preset=bert']);
const trained = await openTrained(path);
await exportRun(trained, join(folder, 'hf'), { format: 'hf', precisions: ['f32'] });
const device = openReference();
const embedder = new Embedder(device, trained.modelOn(device), trained.tokenizer);
const expected = (await embedder.embed(texts)).values;

const run = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await bertrand(folder, ...args);
  assert.is(code, 0, stderr);
  return stdout;
};
const linesOf = (json: string): { text: string; embedding: number[] }[] =>
  json
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { text: string; embedding: number[] });

function near(found: ArrayLike<number>, wanted: ArrayLike<number>): void {
  assert.is(found.length, wanted.length);
  for (let i = 0; i < wanted.length; i++) assert.ok(Math.abs(found[i] - wanted[i]) < 1e-5, `number ${i}`);
}

test('a .npy file holds a row for each line in order, blank ones too, as float32 in C order', async () => {
  const { code, stdout, stderr } = await bertrand(folder, 'embed', 'run', 'texts.txt', '--out', 'some.npy');
  assert.is(code, 0, stderr);
  assert.is(stdout, 'some.npy: 4 x 16, of 26 tokens\n');
  assert.is(stderr, 'texts.txt:2: blank: embedded as [CLS] [SEP]\n');
  const bytes = readFileSync(join(folder, 'some.npy'));
  assert.equal([...bytes.subarray(0, 10)], [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]);
  const header = bytes.subarray(10, 128).toString('latin1');
  assert.match(header, /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(4, 16\), \} +\n$/);
  near(new Float32Array(bytes.buffer.slice(bytes.byteOffset + 128, bytes.byteOffset + bytes.length)), expected);
});

test('JSON Lines, to the standard output or a file, hold the text and float32 to the bit', async () => {
  const lines = linesOf(await run('embed', 'run', 'texts.jsonl', '--field', 'body', '--device', 'reference'));
  assert.equal(
    lines.map(({ text }) => text),
    texts,
  );
  assert.equal(Float32Array.from(lines.flatMap(({ embedding }) => embedding)), expected);
  await run('embed', 'run', 'texts.txt', '--device', 'reference', '--out', 'some.jsonl');
  assert.equal(linesOf(readFileSync(join(folder, 'some.jsonl'), 'utf8')), lines);
});

test('- reads the standard input; --pooling cls and --normalize are heeded', async () => {
  const args = ['embed', 'run', '-', '--pooling', 'cls', '--normalize'];
  const { stdout, stderr } = await startWith('birds sing', folder, ...args).ended;
  assert.is(stderr, '');
  const [{ embedding }] = linesOf(stdout);
  const cls = new Embedder(device, trained.modelOn(device), trained.tokenizer, { pooling: 'cls', normalize: true });
  near(embedding, (await cls.embed(['birds sing'])).values);
});

test('a folder of Hugging Face gives the same', async () => {
  const { stdout, stderr, code } = await bertrand(folder, 'embed', 'hf', 'texts.jsonl', '--field', 'body');
  assert.is(code, 0, stderr);
  near(
    linesOf(stdout).flatMap(({ embedding }) => embedding),
    expected,
  );
});

test('a text that is too long is told with its line', async () => {
  const { code, stderr } = await bertrand(folder, 'embed', 'run', 'long.txt', '--out', 'long.npy');
  assert.is(code, 0, stderr);
  assert.is(stderr, 'long.txt:2: longer than the 16 tokens that the model takes: the end was left out\n');
});

test('similar prints the lines that are most like the query, and never a blank one', async () => {
  const plain = (await run('similar', 'run', 'texts.txt', texts[2], '--top', '9')).trimEnd().split('\n');
  assert.is(plain.length, 3);
  assert.is(plain[0], ' 1.0000  birds sing');
  const { query, similar } = JSON.parse(await run('similar', 'run', 'texts.txt', texts[2], '--top', '2', '--json')) as {
    query: string;
    similar: { cosine: number; line: number; text: string }[];
  };
  assert.is(query, texts[2]);
  assert.equal(
    similar.map(({ text }) => text),
    plain.slice(0, 2).map((line) => line.slice(9)),
  );
  assert.is(similar[0].line, 3);
  const [a, b] = [similar[1].line - 1, 2].map((row) => expected.subarray(row * SIZE, (row + 1) * SIZE));
  const cosine = a.reduce((sum, value, j) => sum + value * b[j], 0) / (Math.hypot(...a) * Math.hypot(...b));
  assert.ok(Math.abs(similar[1].cosine - cosine) < 1e-5);
});

test('an output that fails leaves the old file as it was', async () => {
  writeFileSync(join(folder, 'old.npy'), 'old');
  writeFileSync(join(folder, 'broken.jsonl'), '{"text":"birds"}\n{\n');
  const { code, stderr } = await bertrand(folder, 'embed', 'run', 'broken.jsonl', '--out', 'old.npy');
  assert.is(code, 1);
  assert.match(stderr, /^broken\.jsonl:2: not JSON/);
  assert.is(readFileSync(join(folder, 'old.npy'), 'utf8'), 'old');
});

for (const [what, args, code, pattern] of [
  [
    'an --out of another kind',
    ['embed', 'run', 'texts.txt', '--out', 'some.csv'],
    2,
    /^--out: found "some\.csv"; expected/,
  ],
  ['an --out that is a folder', ['embed', 'run', 'texts.txt', '--out', 'run/checkpoints'], 2, /^--out: found/],
  ['no file', ['embed', 'run'], 2, /^missing: <file>; see `bertrand embed --help`/],
  ['a file that is not there', ['embed', 'run', 'nowhere.txt'], 1, /^nowhere\.txt: cannot be read/],
  ['a folder for a file', ['embed', 'run', 'run'], 1, /^run: it is a folder; expected a file/],
  ['a run that is not there', ['embed', 'nowhere', 'texts.txt'], 1, /^nowhere: found nothing; expected a run/],
  ['an empty file', ['similar', 'run', 'empty.txt', 'birds'], 1, /^empty\.txt: found no rows/],
  ['an empty query', ['similar', 'run', 'texts.txt', ' '], 2, /^query: found no text/],
  ['a --top of none', ['similar', 'run', 'texts.txt', 'birds', '--top', '0'], 2, /^--top: expected a whole number/],
  ['a pooling that is none', ['embed', 'run', 'texts.txt', '--pooling', 'max'], 2, /^--pooling: found "max"; expected/],
] as const)
  test(`${what}: one clear error`, async () => {
    const found = await bertrand(folder, ...args);
    assert.is(found.code, code, found.stderr);
    assert.match(found.stderr, pattern);
    clear(found.stderr);
  });

test.run();
