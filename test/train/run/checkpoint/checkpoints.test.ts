import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkpointName, stepOfName } from '../../../../src/train/run/checkpoint/checkpoint.ts';
import { CheckpointFolder } from '../../../../src/train/run/checkpoint/checkpointFolder.node.ts';
import {
  listCheckpoints,
  newestIntact,
  readCheckpoint,
} from '../../../../src/train/run/checkpoint/readCheckpoint.node.ts';
import { rejects } from '../../../data/rejects.ts';
import { temporaryFolder } from '../../../temporaryFolder.ts';
import { checkpointOf } from '../checkpointSample.ts';
import { quick, folderWith, flipBit, root } from './folderSample.ts';

test('a checkpoint is read as it was written', async () => {
  const folder = new CheckpointFolder(join(root, 'synced'), 1);
  await folder.prepare();
  const path = await folder.save(checkpointOf(100));
  assert.is(path, join(folder.path, 'step-00000100'));
  assert.equal(readdirSync(path).toSorted(), ['model.safetensors', 'optimizer.safetensors', 'state.json']);
  const { model, optimizer, state, versions } = await readCheckpoint(path);
  assert.equal(model, checkpointOf(100).model);
  assert.equal(optimizer, checkpointOf(100).optimizer);
  assert.equal(state, checkpointOf(100).state);
  assert.equal(versions, { bertrand: version(), node: process.version, checkpoint: 1 });
});

const version = (): string =>
  (JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8')) as { version: string })
    .version;

test('names and steps belong together, and other names are no checkpoints', () => {
  assert.is(checkpointName(123456789), 'step-123456789');
  for (const step of [0, 1, 99999999, 100000000]) assert.is(stepOfName(checkpointName(step)), step);
  for (const name of ['step-1', 'step-000000100', '.tmp-step-00000100', 'step-00000100.old', 'step-0000010x'])
    assert.is(stepOfName(name), undefined, name);
});

test('the newest intact ones are kept', async () => {
  const folder = await folderWith([1, 2, 3, 4, 5], 2);
  assert.equal(readdirSync(folder.path).toSorted(), ['step-00000004', 'step-00000005']);
});

test('broken ones do not count among those kept', async () => {
  const { path } = await folderWith([1, 2, 3]);
  flipBit(join(path, 'step-00000003', 'model.safetensors'), 150);
  const again = new CheckpointFolder(path, 2, quick);
  await again.prepare();
  await again.save(checkpointOf(4));
  assert.equal(readdirSync(path).toSorted(), ['step-00000002', 'step-00000003', 'step-00000004']);
});

test('a broken checkpoint of the same step is replaced', async () => {
  const { path } = await folderWith([1, 2]);
  rmSync(join(path, 'step-00000002', 'state.json'));
  const again = new CheckpointFolder(path, 2, quick);
  await again.prepare();
  await again.save(checkpointOf(2));
  assert.equal(readdirSync(path).toSorted(), ['step-00000001', 'step-00000002']);
  assert.is((await newestIntact(path)).checkpoint?.state.step, 2);
});

test('what an interrupted write left is removed at the start', async () => {
  const { path } = await folderWith([1]);
  mkdirSync(join(path, '.tmp-step-00000002'));
  writeFileSync(join(path, '.tmp-step-00000002', 'model.safetensors'), 'half');
  await new CheckpointFolder(path, 2, quick).prepare();
  assert.equal(readdirSync(path), ['step-00000001']);
});

test('a folder that cannot be made is named', async () => {
  const file = join(temporaryFolder({ x: '' }), 'x');
  await rejects(
    () => new CheckpointFolder(join(file, 'checkpoints'), 2).prepare(),
    /cannot prepare .*: a part of the path is a file/,
  );
  await rejects(
    () => listCheckpoints(join(file, '..', 'missing')),
    /cannot list the checkpoints in .*no such file or folder/,
  );
});

test.run();
