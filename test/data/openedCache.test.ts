import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dataFromTexts } from '../../src/data/dataFromTexts.ts';
import type { DataOptions } from '../../src/data/dataOptions.ts';
import { openData } from '../../src/data/openData.node.ts';
import { batchOptions } from './dataOptions.ts';
import { messageOf } from '../messageOf.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { texts, folder, cache, options, opened, cached } from './openDataSample.ts';

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

test.run();
