import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Corpus } from '../../src/data/corpus/corpus.node.ts';
import { readInput, readInputText } from '../../src/data/inputFile.node.ts';
import { readTokenizer } from '../../src/data/tokenizer/tokenizerFile.node.ts';
import { openTensorFile } from '../../src/train/import/tensorFile.node.ts';
import { loadConfig } from '../../src/train/config/loadConfig.node.ts';
import { messageOf } from '../messageOf.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

const folder = temporaryFolder({ 'text.txt': '\uFEFFwords', 'large.txt': 'x'.repeat(100) });
mkdirSync(join(folder, 'folder'));
symlinkSync('circle', join(folder, 'circle'));
execFileSync('mkfifo', [join(folder, 'pipe')]);

test('a byte order mark is no part of a text', () => {
  assert.is(readInputText(join(folder, 'text.txt')), 'words');
  assert.is(readInput(join(folder, 'text.txt')).length, 8);
});

/** What is at a path, and what every reader says of it. */
const cases: readonly [string, RegExp][] = [
  ['folder', /folder/],
  ['pipe', /a device or a pipe/],
  ['circle', /links lead in a circle \(ELOOP\)/],
  ['nowhere', /no such file|matches no file/],
];
const readers: readonly [string, (path: string) => unknown][] = [
  ['readInput', readInput],
  ['readTokenizer', readTokenizer],
  ['openTensorFile', openTensorFile],
  ['loadConfig', loadConfig],
  ['Corpus', (path) => new Corpus([path], 'file', folder)],
];
for (const [name, expected] of cases)
  for (const [reader, read] of readers)
    test(`${reader} of a ${name} is one clear error, at once`, async () => {
      const message = await messageOf(async () => read(join(folder, name)));
      assert.match(message, expected);
      assert.match(message, name);
    });

test('a file that is larger than its reader takes is not read', async () => {
  const message = await messageOf(async () => readInput(join(folder, 'large.txt'), 99));
  assert.match(message, /large\.txt: it has 100 bytes; at most 99 are read/);
});

test.run();
