import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { crc32c } from '../../../../src/train/run/tensorboard/crc32c.ts';
import { EventFile } from '../../../../src/train/run/tensorboard/eventFile.node.ts';
import { tfRecord } from '../../../../src/train/run/tensorboard/tfRecord.ts';
import { toYaml } from '../../../../src/train/config/yaml/toYaml.ts';
import { openRun } from '../../../../src/train/run/openRun.node.ts';
import { temporaryFolder } from '../../../temporaryFolder.ts';
import { base, work } from '../runSample.ts';
import { plainCrc32c, readEvents, shownBy } from './readEvents.ts';

/** RFC 3720, appendix B.4; the last is the usual check value. */
const vectors: readonly (readonly [string, Uint8Array, number])[] = [
  ['32 zeros', new Uint8Array(32), 0x8a9136aa],
  ['32 ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['0 to 31', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ['31 to 0', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  ['digits', Buffer.from('123456789'), 0xe3069283],
  ['nothing', new Uint8Array(), 0],
];

for (const [name, bytes, sum] of vectors)
  test(`the sum of ${name} is that of RFC 3720`, () => {
    assert.is(crc32c(bytes), sum);
    assert.is(plainCrc32c(bytes), sum, 'the reader');
  });

test('a record is length, masked sum, data, masked sum', () => {
  // the first record of a file of TensorFlow: {wall_time: 0, file_version: 'brain.Event:2'} has 24 bytes
  const data = Buffer.from('1a0d627261696e2e4576656e743a32', 'hex');
  const record = Buffer.from(tfRecord(data));
  assert.is(record.length, data.length + 16);
  assert.is(record.readBigUInt64LE(0), BigInt(data.length));
  assert.equal(record.subarray(12, 12 + data.length), data);
});

const files = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.includes('tfevents'))
    .toSorted()
    .map((name) => join(folder, name));

test('a file begins with its version and the start, then come the scalars, zeros too', () => {
  const folder = temporaryFolder();
  const file = new EventFile(folder, 1);
  file.log('train', { step: 10, loss: 2.5, learningRate: 0, gradNorm: Number.NaN, tokensPerSecond: 1234, other: 1 });
  file.log('validate', { step: 10, loss: 2, accuracy: 0.25, perplexity: 7, contextFreeLoss: 3, unigramLoss: 4 });
  file.log('checkpoint', { step: 10 });
  file.close();
  const [path] = files(folder);
  assert.match(path, /events\.out\.tfevents\.\d{10}\.[\w-]+\.\d+\.0$/);
  const [version, start, train, validate, ...others] = readEvents(path);
  assert.equal([version.version, version.step, version.scalars], ['brain.Event:2', 0, {}]);
  assert.equal([start.status, start.step], [1, 1]);
  assert.equal([train.step, train.scalars], [10, { 'loss/train': 2.5, learning_rate: 0, tokens_per_second: 1234 }]);
  assert.equal(
    [validate.step, validate.scalars],
    [10, { 'loss/validation': 2, accuracy: 0.25, 'loss/without_context': 3, 'loss/by_frequency': 4 }],
  );
  assert.equal(others, []);
  for (const { seconds } of [version, train]) assert.ok(Math.abs(seconds - Date.now() / 1000) < 60);
});

test('a resumed run has a file of its own, read after the first, in which the steps from the resumed one on count', () => {
  const folder = temporaryFolder();
  const write = (from: number, ...losses: number[]): void => {
    const file = new EventFile(folder, from);
    for (const [i, loss] of losses.entries()) file.log('train', { step: from + i, loss });
    file.close();
  };
  write(1, 4, 3, 2, 1);
  write(3, 2.5, 1.5); // within the same second
  write(4, 1.25);
  const paths = files(folder);
  assert.is(paths.length, 3);
  assert.equal(shownBy(paths, 'loss/train'), [
    [1, 4],
    [2, 3],
    [3, 2.5],
    [4, 1.25],
  ]);
});

test('a clock that was set back does not put a new file before the old ones', () => {
  const folder = temporaryFolder({ 'events.out.tfevents.9000000000.host.1.0': '' });
  new EventFile(folder, 1).close();
  assert.match(files(folder)[1], /tfevents\.9000000001\./);
  writeFileSync(join(folder, 'events.out.tfevents.x'), ''); // somebody's
  new EventFile(folder, 1).close();
  assert.is(files(folder).filter((path) => path.includes('9000000002')).length, 1);
});

test('a folder that is gone is one clear error', () => {
  assert.throws(
    () => new EventFile(join(temporaryFolder(), 'gone'), 1),
    /no such file or folder \(ENOENT\); put that right/,
  );
});

test('a run that goes on after a crash logs each step once for TensorBoard', async () => {
  const path = join(temporaryFolder(), 'run');
  const open = async (resume: boolean) => {
    const run = await openRun({ path, config: base, yaml: toYaml(base), resume, keep: 3, tensorboard: true });
    await run.begin('{}');
    return run;
  };
  const first = await open(false);
  await work(first, 0, 5); // the last checkpoint is of step 4
  await first.close();
  const second = await open(true);
  assert.is(second.checkpoint?.state.step, 4);
  await work(second, 4, 6);
  await second.close();
  const paths = files(path);
  assert.is(paths.length, 2);
  assert.equal(
    shownBy(paths, 'loss/train').map(([step]) => step),
    [1, 2, 3, 4, 5, 6],
  );
});

test.run();
