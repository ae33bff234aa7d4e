import { zipSync } from 'fflate';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { unzipped, zipped } from '../../../../web/src/engine/storage/runFiles.ts';
import { messageOf } from '../../../messageOf.ts';

test('a zip gives back what went into it', () => {
  const files = new Map([
    ['a/config.yaml', Buffer.from('seed: 1\n'.repeat(10_000))],
    ['a/model.safetensors', Buffer.from([1, 2, 3])],
  ]);
  const back = unzipped(zipped(files), 'run.zip');
  for (const [path, bytes] of files) assert.ok(Buffer.from(back.get(path) ?? []).equals(bytes), path);
});

test('a zip that would fill the memory is refused before anything is unpacked', async () => {
  const bomb = zipSync({ 'a.txt': new Uint8Array(2 ** 25), 'b.txt': new Uint8Array(2 ** 25) }, { level: 9 });
  assert.ok(bomb.length < 100_000);
  const before = process.memoryUsage().arrayBuffers;
  assert.match(
    await messageOf(() => unzipped(bomb, 'bomb.zip')),
    /^bomb\.zip: it would unpack to more than 100 times its size$/,
  );
  assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 26);
});

test('a damaged zip is named', async () => {
  const bytes = zipSync({ 'a.txt': Buffer.from('text '.repeat(100)) });
  assert.match(
    await messageOf(() => unzipped(bytes.subarray(0, 40), 'cut.zip')),
    /^cut\.zip: not an intact \.zip file: /,
  );
});

test.run();
