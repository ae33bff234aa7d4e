import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Corpus } from '../../src/data/corpus/corpus.node.ts';
import { readInput, readInputText, whatIsAt } from '../../src/data/inputFile.node.ts';
import { readTokenizer } from '../../src/data/tokenizer/tokenizerFile.node.ts';
import { openTensorFile } from '../../src/train/import/tensorFile.node.ts';
import { openTrained } from '../../src/train/evaluate/trained.node.ts';
import { kindOfSource } from '../../src/train/import/modelSource.node.ts';
import { replaceFile } from '../../src/train/run/disk.node.ts';
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
  ['circle', /links form a loop \(ELOOP\)/],
  ['nowhere', /no such file|matches no file/],
];
const readers: readonly [string, (path: string) => unknown][] = [
  ['readInput', readInput],
  ['readTokenizer', readTokenizer],
  ['openTensorFile', openTensorFile],
  ['loadConfig', loadConfig],
  ['Corpus', (path) => new Corpus([path], { documents: 'file', field: 'text' }, folder)],
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

test('what is at a path is told apart, and is not called a run', async () => {
  for (const [name, expected] of [
    ['text.txt', /^a file$/],
    ['folder', /^a folder$/],
    ['pipe', /^a device or a pipe$/],
    ['nowhere', /^nothing$/],
    ['circle', /^something that cannot be looked at: its symbolic links form a loop \(ELOOP\)$/],
  ] as const) {
    const path = join(folder, name);
    const found = whatIsAt(path);
    assert.match(found, expected);
    const expectation = new RegExp(`found ${found.replaceAll(/[()]/g, '.')}[^;]*; expected a run's folder`);
    for (const open of [openTrained, kindOfSource]) assert.match(await messageOf(async () => open(path)), expectation);
  }
});

test('what may not be read is called that, by every reader', async () => {
  const shut = temporaryFolder({ 'file.txt': 'text', 'run/config.yaml': 'out: x' });
  chmodSync(join(shut, 'file.txt'), 0);
  chmodSync(join(shut, 'run'), 0);
  chmodSync(shut, 0o755);
  const isRoot = process.getuid?.() === 0; // whom nothing is forbidden
  if (isRoot) process.seteuid?.(65_534);
  try {
    const said = /permission denied \(EACCES\)/;
    for (const read of [readInput, readTokenizer, openTensorFile, loadConfig])
      assert.match(await messageOf(async () => read(join(shut, 'file.txt'))), said);
    assert.match(await messageOf(async () => loadConfig(join(shut, 'run'))), said);
    assert.match(whatIsAt(join(shut, 'run')), said);
    assert.match(
      await messageOf(async () => new Corpus(['run/config.yaml'], { documents: 'file', field: 'text' }, shut)),
      said,
    );
  } finally {
    if (isRoot) process.seteuid?.(0);
    chmodSync(join(shut, 'run'), 0o700);
  }
});

test('a file is replaced through no pipe and no link that lies at its temporary name', async () => {
  const run = temporaryFolder({ 'victim.txt': 'precious' });
  execFileSync('mkfifo', [join(run, 'a.txt.tmp')]);
  symlinkSync('victim.txt', join(run, 'b.txt.tmp'));
  for (const name of ['a.txt', 'b.txt']) {
    await replaceFile(join(run, name), 'new');
    assert.is(readFileSync(join(run, name), 'utf8'), 'new');
  }
  assert.is(readFileSync(join(run, 'victim.txt'), 'utf8'), 'precious');
});

test.run();
