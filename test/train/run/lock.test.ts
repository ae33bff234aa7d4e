import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lockFolder, lockName } from '../../../src/train/run/lock.node.ts';
import { rejects } from '../../data/rejects.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { checkpointOf } from './checkpointSample.ts';
import { newPath, open, work } from './runSample.ts';

test('a run that a living process writes is refused', async () => {
  const path = newPath();
  const run = await open(path, false);
  await rejects(() => open(path, true), /is being written by this very process/);
  await run.close();
  await (await open(path, true)).close();

  const child = spawn('sleep', ['60']);
  const lock = lockName(child.pid ?? 0);
  writeFileSync(join(path, lock), '');
  await rejects(() => open(path, true), new RegExp(`is being written by process ${child.pid};`));
  assert.equal(readdirSync(path).filter((name) => name.startsWith('.')), [lock]); // prettier-ignore
  child.kill('SIGKILL');
  await once(child, 'exit');
  await (await open(path, true)).close();
  assert.equal(readdirSync(path).filter((name) => name.startsWith('.')), []); // prettier-ignore
});

test('the lock of a process whose number another one has now is taken over', async () => {
  const path = newPath();
  await (await open(path, false)).close();
  writeFileSync(join(path, lockName(process.ppid).replace(/^(\.lock-\d+)-\d+/, '$1-1')), '');
  await (await open(path, true)).close();
});

test('a process elsewhere, or in another container of the same name, counts as alive while it gives signs of life', async () => {
  const path = newPath();
  await (await open(path, false)).close();
  const container = `.lock-7-1-${hostname()}~0123456789ab`;
  for (const name of ['.lock-1-1-another.host~', container, `.lock-1-1-${hostname()}`]) {
    const lock = join(path, name);
    writeFileSync(lock, '');
    await rejects(
      () => open(path, true),
      /by process [17] on .* \(a sign of life \d s ago\); if that is gone, wait 5 minutes or remove/,
    );
    const old = new Date(Date.now() - 310_000);
    utimesSync(lock, old, old);
    await (await open(path, true)).close();
    assert.not(existsSync(lock));
  }
});

test('a lock gives signs of life until it is let go', async () => {
  const folder = temporaryFolder();
  const lock = await lockFolder(folder, 5);
  const file = join(folder, lockName(process.pid));
  const begin = statSync(file).mtimeMs;
  const deadline = Date.now() + 5000;
  while (statSync(file).mtimeMs < begin + 20 && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(statSync(file).mtimeMs >= begin + 20);
  await lock.release();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(readdirSync(folder), []);
});

test('a run that was taken over saves no more', async () => {
  const path = newPath();
  const run = await open(path, false);
  await work(run, 0, 2);
  rmSync(join(path, lockName(process.pid)));
  await rejects(() => run.save(checkpointOf(4)), /was removed while the run was writing to it; what it had saved may be gone/); // prettier-ignore
  writeFileSync(join(path, '.lock-1-1-another.host~'), '');
  await rejects(() => run.save(checkpointOf(4)), /was taken over by another process; this one stops/);
  await run.close();
  assert.equal(readdirSync(join(path, 'checkpoints')), ['step-00000002']);
});

test.run();
