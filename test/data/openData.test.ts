import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dataFromTexts } from '../../src/data/dataFromTexts.ts';
import type { DataOptions } from '../../src/data/dataOptions.ts';
import type { OpenedData } from '../../src/data/openedData.ts';
import { openData } from '../../src/data/openData.node.ts';
import { batchOptions } from './dataOptions.ts';
import { rejects } from './rejects.ts';
import { messageOf } from '../messageOf.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

const texts = ['the cat sat on the mat. ', 'a dog ran over the hill! ', 'cats and dogs ran and sat. '].map((text) =>
  text.repeat(40),
);
const folder = temporaryFolder({ 'a.txt': texts[0], 'b.txt': texts[1], 'c.txt': texts[2] });
const cache = join(folder, '.bertrand');
const options: DataOptions = {
  ...batchOptions,
  corpus: ['*.txt'],
  documents: 'file',
  cache: '.bertrand',
  tokenizer: { vocabSize: 50, lowercase: true },
};

/** Opens, closes, and returns what was done on the way: the stages and the notices. */
async function opened(changes: Partial<DataOptions> = {}): Promise<{ did: string[]; data: OpenedData }> {
  const did = new Set<string>();
  const data = await openData(
    { ...options, ...changes },
    (event) => did.add('notice' in event ? event.notice.replace(folder, '') : event.stage),
    folder,
  );
  await data.train.at(0);
  await data.close();
  return { did: [...did], data };
}
const cached = (extension: string): string[] => readdirSync(cache).filter((name) => name.endsWith(extension));

test('the first time all is made, the second time nothing', async () => {
  assert.equal((await opened()).did, ['counting words', 'building vocabulary', 'encoding']);
  assert.equal((await opened()).did, []);
  assert.equal([cached('.json').length, cached('.bin').length, readdirSync(cache).length], [1, 1, 3]);
});

test('seed, split and sequences need no new encoding; another tokenizer does', async () => {
  assert.equal((await opened({ seed: 7, validation: 0.2, sequenceLength: 32, packing: false })).did, []);
  assert.equal((await opened({ tokenizer: { vocabSize: 45, lowercase: true } })).did.at(-1), 'encoding');
  const path = `.bertrand/${cached('.json')[0]}`;
  assert.equal((await opened({ tokenizer: path })).did, []);
});

test('a corpus with another time, size or mode is encoded anew', async () => {
  assert.equal((await opened({ documents: 'blank-line' })).did.at(-1), 'encoding');
  utimesSync(join(folder, 'a.txt'), 1, 1);
  assert.equal((await opened()).did.at(-1), 'encoding');
  writeFileSync(join(folder, 'b.txt'), `${texts[1]} and more`);
  assert.equal((await opened()).did.at(-1), 'encoding');
  assert.equal((await opened()).did, []);
});

test('a damaged store is reported and built again', async () => {
  const before = (await opened()).data.statistics;
  for (const name of cached('.bin')) {
    const bytes = readFileSync(join(cache, name));
    bytes[100] ^= 255;
    writeFileSync(join(cache, name), bytes);
  }
  const { did, data } = await opened();
  assert.match(
    did[0],
    /^\/\.bertrand\/tokens-.*\.bin: not used: its checksum does not match: it is damaged or cut short; building it again$/,
  );
  assert.equal(did.slice(1), ['encoding']);
  assert.equal(data.statistics, before);
  for (const name of cached('.bin')) writeFileSync(join(cache, name), readFileSync(join(cache, name)).subarray(0, 70));
  assert.match((await opened()).did[0], /it is damaged or cut short; building it again/);
  assert.equal((await opened()).did, []);
});

test('pipes in the place of a cached tokenizer and of the tag of the cache are not waited for', async () => {
  const other = temporaryFolder({ 'a.txt': texts[0], 'b.txt': texts[1], 'c.txt': texts[2] });
  const open = async (): Promise<string[]> => {
    const notices: string[] = [];
    const note = (event: object): void => void ('notice' in event && notices.push(String(event.notice)));
    await (await openData(options, note, other)).close();
    return notices;
  };
  await open();
  const names = readdirSync(join(other, '.bertrand')).filter((name) => /^tokenizer|\.TAG$/.test(name));
  assert.is(names.length, 2);
  for (const name of names) {
    rmSync(join(other, '.bertrand', name));
    execFileSync('mkfifo', [join(other, '.bertrand', name)]);
  }
  assert.match(await messageOf(open), /^cannot write .*tokenizer-.*\.json: it is a device or a pipe; /);
});

test('a cached tokenizer that was damaged or edited is reported and trained again', async () => {
  for (const edit of [() => '{"model":', (text: string) => text.replace('"##s"', '"##ß"')]) {
    for (const name of cached('.json')) writeFileSync(join(cache, name), edit(readFileSync(join(cache, name), 'utf8')));
    const { did } = await opened();
    assert.match(did[0], /tokenizer-.*\.json: not used: it was changed after it was trained; training it again$/);
    assert.equal(did.slice(1), ['counting words', 'building vocabulary']); // the same tokens, so the store serves
    assert.equal((await opened()).did, []);
  }
});

test('what an interrupted encoding left is removed, what may be in use is not', async () => {
  const old = new Date(Date.now() - 120_000);
  const nobody = 2 ** 22 + 1; // above the highest process number
  const leftover = (pid: number): string => join(cache, `tokens-0123456789abcdef.bin.${pid}.tmp`);
  for (const pid of [nobody, nobody + 1, process.pid]) writeFileSync(leftover(pid), 'half');
  for (const pid of [nobody, process.pid]) utimesSync(leftover(pid), old, old);
  await opened();
  assert.equal(
    [nobody, nobody + 1, process.pid].map((pid) => existsSync(leftover(pid))),
    [false, true, true],
  );
});

test('only what is ours is removed: temporary files of our names, in a folder that we made a cache', async () => {
  const old = new Date(Date.now() - 7_200_000);
  const make = (...path: string[]): string => {
    const file = join(folder, ...path);
    writeFileSync(file, 'precious');
    utimesSync(file, old, old);
    return file;
  };
  mkdirSync(join(folder, 'shared'));
  const theirs = [make('.bertrand', 'thesis.4194305.tmp'), make('shared', 'tokens-0123456789abcdef.bin.4194305.tmp')];
  await opened();
  await opened({ cache: 'shared' });
  assert.equal(theirs.map((file) => existsSync(file)), [true, true]); // prettier-ignore
});

test('a cache that is not our own is read and left as it was; what cannot be written is held in memory', async () => {
  const files = (): string =>
    JSON.stringify(readdirSync(cache).map((name) => [name, statSync(join(cache, name)).mtimeMs]));
  const made = await dataFromTexts(texts, { ...batchOptions, tokenizer: { vocabSize: 50, lowercase: true } });
  const tokenizer = 'made.json';
  writeFileSync(join(folder, tokenizer), JSON.stringify(made.tokenizer.toJson()));
  await opened({ tokenizer });
  const before = files();
  const open = async (own: string, changes: Partial<DataOptions> = {}): Promise<[stages: string[], tokens: number]> => {
    const stages = new Set<string>();
    const note = (event: object): unknown => 'stage' in event && stages.add(String(event.stage));
    const data = await openData({ ...options, tokenizer, ...changes }, note, folder, { own, foreign: cache });
    await data.close();
    return [[...stages], data.statistics.tokens];
  };
  const own = join(folder, 'own');
  const [stages, tokens] = await open(own);
  assert.equal(stages, []);
  assert.not(existsSync(own));
  const half = { corpus: ['a.txt', 'b.txt'] };
  const [, fewer] = await open(own, half);
  assert.ok(fewer < tokens);
  assert.equal(await open(own, half), [[], fewer]);
  writeFileSync(join(folder, 'no-folder'), '');
  assert.equal(await open(join(folder, 'no-folder'), { corpus: ['a.txt'], validation: 0.3 }), [['encoding'], 280]);
  assert.is(files(), before);
});

test('the fingerprint changes with the tokens and with where documents end, and with nothing else', async () => {
  const fingerprint = async (changes: Partial<DataOptions> = {}): Promise<string> =>
    (await opened(changes)).data.fingerprint();
  writeFileSync(join(folder, 'b.txt'), texts[1]);
  const before = await fingerprint();
  utimesSync(join(folder, 'a.txt'), 2, 2);
  assert.is(await fingerprint(), before);
  const tokenizer = 'own.json';
  const fromTexts = await dataFromTexts(texts, { ...batchOptions, tokenizer: { vocabSize: 50, lowercase: true } });
  writeFileSync(join(folder, tokenizer), JSON.stringify(fromTexts.tokenizer.toJson()));
  const same = await fingerprint({ tokenizer });
  writeFileSync(join(folder, 'b.txt'), texts[1].replace('hill', 'mat'));
  assert.is.not(await fingerprint({ tokenizer }), same);
  writeFileSync(join(folder, 'b.txt'), texts[1]);
  assert.is(await fingerprint({ tokenizer }), same);
});

test('the fingerprint of texts in memory changes with their tokens too', async () => {
  const { tokenizer } = await dataFromTexts(texts, { ...batchOptions, tokenizer: { vocabSize: 50, lowercase: true } });
  const fingerprints = await Promise.all(
    [texts, texts.slice(1).concat(texts[0]), [texts[0] + texts[1], texts[2]], [...texts]].map(async (some) =>
      (await dataFromTexts(some, { ...batchOptions, tokenizer })).fingerprint(),
    ),
  );
  assert.is(new Set(fingerprints).size, 3);
  assert.is(fingerprints[3], fingerprints[0]);
});

test('files and texts in memory give the same batches', async () => {
  writeFileSync(join(folder, 'b.txt'), texts[1]);
  const fromFiles = await openData(options, undefined, folder);
  const fromTexts = await dataFromTexts(texts, { ...batchOptions, tokenizer: { vocabSize: 50, lowercase: true } });
  assert.equal(fromFiles.statistics, fromTexts.statistics);
  assert.is(fromFiles.statistics.documents, 3);
  for (const step of [0, 1, 50]) assert.equal(await fromFiles.train.at(step), await fromTexts.train.at(step));
  assert.equal(await fromFiles.validation.at(0), await fromTexts.validation.at(0));
  const again = await dataFromTexts(texts, { ...batchOptions, tokenizer: fromTexts.tokenizer });
  assert.equal(await again.train.at(3), await fromTexts.train.at(3));
  await fromFiles.close();
});

test('a tokenizer file that is missing or broken gets an error that names it', async () => {
  writeFileSync(join(folder, 'broken.json'), '{');
  await rejects(
    () => opened({ tokenizer: 'none.json' }),
    /none\.json: cannot be read: no such file or folder \(ENOENT\)/,
  );
  await rejects(() => opened({ tokenizer: 'broken.json' }), /broken\.json: .*JSON/);
});

test("BERT's vocab.txt serves as a tokenizer, its path counted from the folder", async () => {
  writeFileSync(
    join(folder, 'bert.vocab'),
    ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'the', 'and', 'cat'].join('\n'),
  );
  const { did, data } = await opened({ tokenizer: { vocab: 'bert.vocab', lowercase: true } });
  assert.is(did[0], 'encoding');
  assert.is(data.tokenizer.vocabSize, 8);
  assert.ok(
    data.statistics.unknownTokens > 0.5 * data.statistics.tokens &&
      data.statistics.unknownTokens < data.statistics.tokens,
  );
  assert.match(did[1], /^\d\d\.\d % of the tokens are \[UNK\] and never learnt/);
});

test('what the alphabet and the accents of a tokenizer are to be changes the cached one', async () => {
  await opened();
  assert.equal((await opened()).did, []);
  for (const changes of [{ limitAlphabet: 5 }, { stripAccents: false }, { lowercase: false }])
    assert.is((await opened({ tokenizer: { vocabSize: 50, lowercase: true, ...changes } })).did[0], 'counting words');
});

test('blank files are told once, when they are read', async () => {
  writeFileSync(join(folder, 'blank.md'), ' \n');
  const { did } = await opened({ corpus: ['*.txt', 'blank.md'] });
  assert.equal(
    did.filter((what) => what.includes('blank')),
    ['1 of 4 files is blank and passed over: /blank.md'],
  );
});

test('a cache that cannot be written gets an error that names the option', async () => {
  writeFileSync(join(folder, 'taken'), '');
  await rejects(() => opened({ cache: 'taken' }), /cannot write .*taken.*set data\.cache/);
});

test('a corpus too small gets an error and leaves no file open', () =>
  rejects(() => opened({ batchSize: 500 }), /data\.corpus: too small: training has \d+ tokens/));

test.run();
