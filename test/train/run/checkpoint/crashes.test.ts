import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkpointName } from '../../../../src/train/run/checkpoint/checkpoint.ts';
import { CheckpointFolder } from '../../../../src/train/run/checkpoint/checkpointFolder.node.ts';
import type { Disk } from '../../../../src/train/run/disk.node.ts';
import { newestIntact, readCheckpoint } from '../../../../src/train/run/checkpoint/readCheckpoint.node.ts';
import { rejects } from '../../../data/rejects.ts';
import { checkpointOf } from '../checkpointSample.ts';
import { quick, folderWith } from './folderSample.ts';

/** A disk on which the operation of that number fails, after half of its work, and all after it where the power goes too. */
function failingDisk(failAt: number, powerGoes: boolean): { disk: Disk; count: () => number } {
  let count = 0;
  const failing =
    <A extends unknown[]>(operation: (...a: A) => Promise<void>, half?: (...a: A) => Promise<void>) =>
    async (...a: A): Promise<void> => {
      count += 1;
      if (count === failAt || (powerGoes && count > failAt)) {
        if (count === failAt) await half?.(...a);
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC', syscall: 'write' });
      }
      await operation(...a);
    };
  return {
    count: () => count,
    disk: {
      makeFolder: failing(quick.makeFolder),
      makeFolderIn: failing(quick.makeFolderIn),
      write: failing(quick.write, (path, bytes) => quick.write(path, bytes.subarray(0, bytes.length / 2))),
      syncFolder: failing(quick.syncFolder),
      rename: failing(quick.rename),
      remove: failing(quick.remove),
    },
  };
}

test('wherever the disk runs full, the error is clear, nothing half-written stays and the older checkpoint is intact', async () => {
  const whole = failingDisk(Infinity, false);
  const { path } = await folderWith([1]);
  await new CheckpointFolder(path, 2, whole.disk).save(checkpointOf(2));
  assert.ok(whole.count() >= 8);
  for (let failAt = 1; failAt <= whole.count(); failAt++) {
    const { path } = await folderWith([1]);
    const folder = new CheckpointFolder(path, 2, failingDisk(failAt, false).disk);
    const last = failAt === whole.count(); // tidying up after the save: not worth a failure
    if (last) await folder.save(checkpointOf(2));
    else
      await rejects(
        () => folder.save(checkpointOf(2)),
        /cannot save the checkpoint of step 2 in .*: the disk is full \(ENOSPC\); the older/,
      );
    assert.equal(
      readdirSync(path).filter((name) => name.startsWith('.')),
      [],
      `operation ${failAt}`,
    );
    assert.equal((await newestIntact(path)).passedOver, []);
    await readCheckpoint(join(path, 'step-00000001'));
  }
});

test('wherever the power goes, what is found next is the old checkpoint or the new one, never half of one', async () => {
  for (let failAt = 1; failAt <= 20; failAt++) {
    const { path } = await folderWith([1, 2], 2);
    await new CheckpointFolder(path, 2, failingDisk(failAt, true).disk).save(checkpointOf(3)).catch(() => {});
    const { checkpoint, passedOver } = await newestIntact(path);
    assert.equal(passedOver, []);
    const step = checkpoint?.state.step ?? 0;
    assert.ok(step === 2 || step === 3, `operation ${failAt}: step ${step}`);
    assert.equal(checkpoint?.model, checkpointOf(step).model);
    const next = new CheckpointFolder(path, 2, quick);
    await next.prepare();
    await next.save(checkpointOf(4));
    assert.equal(readdirSync(path).toSorted(), [checkpointName(step), 'step-00000004'], `operation ${failAt}`);
  }
});

test('a process killed while saving leaves intact checkpoints only', async () => {
  const { path } = await folderWith([1]);
  const code = `
    import { CheckpointFolder } from '${new URL('../../../../src/train/run/checkpoint/checkpointFolder.node.ts', import.meta.url).href}';
    const folder = new CheckpointFolder(${JSON.stringify(path)}, 2);
    await folder.prepare();
    console.log('ready');
    const tensors = new Map([['a', { shape: [1000000], data: new Float32Array(1000000) }]]);
    for (let step = Number(process.argv[1]); ; step++) await folder.save({ model: tensors, optimizer: tensors, state: { step } });`;
  let step = 1;
  for (const delay of [20, 90, 160, 1000, 10_000]) {
    if (delay > 160 && step > 1) break; // the longer ones are for slow machines
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', code, '--', String(step + 1)],
      {
        cwd: fileURLToPath(new URL('../../../..', import.meta.url)),
      },
    );
    await once(child.stdout, 'data');
    await new Promise((resolve) => {
      setTimeout(resolve, delay);
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const { checkpoint, passedOver } = await newestIntact(path);
    assert.equal(passedOver, []);
    assert.ok((checkpoint?.state.step ?? 0) >= step);
    step = checkpoint?.state.step ?? 0;
  }
  assert.ok(step > 1, 'no checkpoint was ever written');
});

test('beside a run that keeps one checkpoint there is always an intact one to find', async () => {
  const folder = await folderWith([1], 1);
  let step = 1;
  const reading = new AbortController();
  const saving = (async () => {
    while (!reading.signal.aborted) await folder.save(checkpointOf(++step));
  })();
  try {
    for (let round = 0; round < 200; round++) {
      const { checkpoint, passedOver } = await newestIntact(folder.path);
      assert.ok(checkpoint, JSON.stringify(passedOver));
      assert.equal(passedOver, []);
    }
  } finally {
    reading.abort();
    await saving;
  }
  assert.ok(step > 10);
});

test.run();
