import { zipSync } from 'fflate';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { flatNames } from '../../../web/src/engine/storage/fileNames.ts';
import { takeApart } from '../../../web/src/engine/storage/runFiles.ts';
import { filesOf, unzipped } from '../../../web/src/engine/storage/zip.ts';
import { messageOf } from '../../messageOf.ts';

/** A zip with one file, whose entry says that it has so many bytes. */
function claiming(size: number): Uint8Array {
  const zip = zipSync({ 'config.yaml': new Uint8Array(1000) });
  const view = new DataView(zip.buffer);
  const directory = view.getUint32(zip.length - 6, true);
  view.setUint32(directory + 24, size, true); // uncompressed size
  return zip;
}

/** A zip64 whose end says that it has so many files. */
function counting(files: number): Uint8Array {
  const end = new Uint8Array(56 + 20 + 22);
  const view = new DataView(end.buffer);
  view.setUint32(0, 0x6064b50, true);
  view.setUint32(32, files, true);
  view.setUint32(56, 0x7064b50, true);
  view.setUint32(76, 0x6054b50, true);
  view.setUint16(76 + 8, 0xffff, true);
  return end;
}

test('a zip that says that it unpacks to more than a page holds is refused before memory is taken', async () => {
  assert.is(unzipped(claiming(1000), 'a.zip').get('config.yaml')?.length, 1000);
  const before = process.memoryUsage().arrayBuffers;
  assert.match(
    await messageOf(async () => unzipped(claiming(3 * 2 ** 30), 'a.zip')),
    /^a\.zip: over 2 GB when unpacked/,
  );
  assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 24);
});

test('a zip of too many files, or whose end says so, is refused at once', async () => {
  const many = zipSync(Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`${i}`, new Uint8Array()])));
  assert.match(await messageOf(async () => unzipped(many, 'a.zip')), /^a\.zip: over 10000 files/);
  const begin = performance.now();
  assert.match(await messageOf(async () => unzipped(counting(2 ** 32 - 1), 'a.zip')), /^a\.zip: /);
  assert.ok(performance.now() - begin < 2000);
});

test('what is no zip, or is cut, is named', async () => {
  const whole = zipSync({ 'config.yaml': new Uint8Array(1000) });
  for (const bytes of [new Uint8Array(), new Uint8Array(100), whole.subarray(0, -30), whole.subarray(40)])
    assert.match(await messageOf(async () => unzipped(bytes, 'a.zip')), /^a\.zip: not an intact \.zip file: /);
});

test('dropped files that are too large are refused unread', async () => {
  const blob = { size: 2 ** 31 + 1, arrayBuffer: () => assert.unreachable() } as never;
  assert.match(await messageOf(() => filesOf([{ path: 'run.zip', blob }])), /^run\.zip: over 2 GB/);
  assert.match(await messageOf(() => filesOf([{ path: 'run/a', blob }])), /^these files: over 2 GB/);
});

test('a checkpoint’s file that is longer than expected is not read', async () => {
  const bytes = new TextEncoder().encode('seed: 1');
  const [checkpoint] = takeApart(
    new Map(['config.yaml', 'tokenizer.json', 'checkpoints/step-00000001/state.json'].map((path) => [path, bytes])),
  ).checkpoints;
  assert.is((await checkpoint.read('state.json', 7)).length, 7);
  assert.match(await messageOf(() => checkpoint.read('state.json', 6)), /7 bytes where 6 are expected/);
});

test('the names of text files become harmless, short and different', () => {
  const blob = new Blob();
  const names = ['../../a*b.txt', 'x/a-b.txt', '..', 'tab\there.txt', `${'😀'.repeat(200)}.txt`];
  assert.equal(
    flatNames(names.map((path) => ({ path, blob }))).map(({ path }) => path),
    ['2-a-b.txt', 'a-b.txt', 'tab-here.txt', 'text.txt', `${'😀'.repeat(30)}-${'😀'.repeat(25)}.txt`],
  );
});

test.run();
