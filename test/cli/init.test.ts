import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCorpora } from '../../src/cli/arguments/shellGlobs.ts';
import { proposalFor, stepsFor } from '../../src/cli/init/proposal.ts';
import { surveyFiles } from '../../src/data/survey/surveyFiles.node.ts';
import { resolveConfig } from '../../src/train/config/resolveConfig.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { bertrand } from './commandLine.ts';
import { tables } from '../data/parquet/tables.ts';

const line = 'The cat sat on the mat, and so on.';
const folder = temporaryFolder({
  'lines.txt': `${line}\n`.repeat(400),
  'paragraphs.txt': `${line}\n${line}\n\n`.repeat(50),
  'one.txt': line.repeat(50),
  'rows.jsonl': '{"id": "a long name of a row", "body": "It was dark."}\n'.repeat(3),
  'other.csv': 'id,story\n1,A long story about a cat and a mat.\n2,Another one.\n',
  'a.parquet': Buffer.from(tables.snappy, 'base64'),
});

test('files are looked at: what a document is, which field has the texts, how much there is', async () => {
  const look = async (...patterns: string[]) => {
    const { files, reading, documents, words, counted } = await surveyFiles(patterns, folder);
    return [files, reading.documents, reading.field, documents, words, counted];
  };
  assert.equal(await look('lines.txt'), [1, 'line', 'text', 400, 4400, true]);
  assert.equal(await look('paragraphs.txt'), [1, 'blank-line', 'text', 50, 1100, true]);
  assert.equal(await look('one.txt'), [1, 'file', 'text', 1, 550, true]);
  assert.equal(await look('*.txt'), [3, 'file', 'text', 3, 6050, true]);
  assert.equal(await look('rows.jsonl'), [1, 'file', 'body', 3, 12, true]);
  assert.equal(await look('other.csv'), [1, 'file', 'story', 2, 13, true]);
  assert.equal(await look('a.parquet'), [1, 'file', 'text', 2, 10, true]);
});

test('more text and more time get a larger model; steps end with the time or with sixty epochs', () => {
  const layers = (tokens: number, minutes: number): number => proposalFor(tokens, minutes).layers;
  assert.equal([layers(1e9, 1), layers(1e5, 1e4), layers(2e6, 30), layers(1e9, 600)], [1, 1, 2, 4]);
  assert.is(stepsFor(10, 1000, 512, 1e9), 1100);
  assert.is(stepsFor(1e4, 1e6, 512, 51_200), 6000);
  assert.is(stepsFor(0.01, 10, 512, 1e6), 100);
});

test('init writes a config that trains, and takes the place of none', async () => {
  const { code, stdout, stderr } = await bertrand(
    folder,
    'init',
    'lines.txt',
    'paragraphs.txt',
    '--minutes',
    '0.02',
    '--device',
    'cpu',
    '--out',
    'my.yaml',
  );
  assert.is(code, 0, stderr);
  assert.match(stdout, /my\.yaml is written; train with\n {2}.*bertrand pretrain my\.yaml/);
  const text = readFileSync(join(folder, 'my.yaml'), 'utf8');
  const config = resolveConfig(text, 'my.yaml');
  assert.equal(config.data.corpus, ['lines.txt', 'paragraphs.txt']);
  assert.is(config.device, 'cpu');
  assert.match(text, new RegExp(`steps: ${config.train.steps} # about \\d+ s on this machine's cpu, [\\d.]+ epochs`));
  const trained = await bertrand(folder, 'pretrain', 'my.yaml', '--set', 'train.steps=2');
  assert.is(trained.code, 0, trained.stderr);
  const again = await bertrand(folder, 'init', 'one.txt', '--out', 'my.yaml');
  assert.is(again.code, 1);
  assert.match(again.stderr, /^my\.yaml: it is there already; choose another --out\n$/);
  assert.is(readFileSync(join(folder, 'my.yaml'), 'utf8'), text);
  const none = await bertrand(folder, 'init', 'none.txt');
  assert.match(none.stderr, /^files: "none\.txt" matches no file/);
  assert.not(existsSync(join(folder, 'bertrand.yaml')));
});

test('what a shell makes of --corpus and a glob is taken where it can mean nothing else', () => {
  const typed = (words: string): string => withCorpora(words.split(' ')).join(' ');
  assert.is(typed('evaluate run --corpus a b - --json'), 'evaluate run --corpus a --corpus b --corpus - --json');
  assert.is(typed('tokenizer train --corpus a b --out c'), 'tokenizer train --corpus a --corpus b --out c');
  for (const words of [
    'evaluate --corpus a run',
    'evaluate run --corpus a -- b',
    'pretrain a --corpus b c',
    'evaluate run --corpus=a b',
  ])
    assert.is(typed(words), words);
});

test.run();
