import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { diskUse } from '../../../src/train/record/diskUse.node.ts';
import { findRuns } from '../../../src/train/record/findRuns.node.ts';
import { readRun } from '../../../src/train/record/readRun.node.ts';
import { lockFolder } from '../../../src/train/run/lock.node.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';

const config = 'train: { steps: 20 }\n';
const losses = [3, 1.5, 2];
const lines = losses.map((loss, i) => `{"event":"validate","step":${10 * (i + 1) - 10},"loss":${loss}}\n`).join('');
const run = (metrics: string, files: Record<string, string> = {}): string =>
  temporaryFolder({ 'config.yaml': config, 'metrics.jsonl': metrics, ...files });

test('a run that has made its last step is done, and tells its best and last loss', () => {
  const { state, steps, best, last, metrics, troubles } = readRun(run(lines));
  assert.equal(state, { name: 'done' });
  assert.is(steps, 20);
  assert.is(metrics.step, 20);
  assert.equal([best?.step, best?.numbers.loss], [10, 1.5]);
  assert.equal([last?.step, last?.numbers.loss], [20, 2]);
  assert.equal(troubles, []);
});

test('a run that was stopped, failed or was killed says so', () => {
  const half = lines.split('\n').slice(0, 2).join('\n');
  const after = (line: string): unknown => readRun(run(`${half}\n${line}\n`)).state;
  assert.equal(after('{"event":"stop","step":12,"signal":"SIGTERM"}'), { name: 'stopped', reason: 'SIGTERM' });
  assert.equal(after('{"event":"error","step":12,"message":"full"}'), { name: 'failed', reason: 'full' });
  assert.equal(after(''), { name: 'stopped' });
});

test('a run whose lock is held is running, and one whose process is gone is not', async () => {
  const path = run(lines);
  const lock = await lockFolder(path);
  assert.equal(readRun(path).state, { name: 'running', reason: `process ${process.pid}` });
  await lock.release();
  assert.is(readRun(path).state.name, 'done');
  writeFileSync(join(path, '.lock-1-1-elsewhere~0'), '');
  assert.equal(readRun(path).state, { name: 'running', reason: 'process 1 on elsewhere' });
});

test('damage is told, and hides nothing else', () => {
  const damaged = readRun(run(lines, { 'config.yaml': 'train: { stps: 20 }\n' }));
  assert.match(damaged.troubles.join(), /config\.yaml:1:10: train\.stps/);
  assert.equal([damaged.state.name, damaged.steps, damaged.last?.numbers.loss], ['stopped', undefined, 2]);
  const path = run('');
  rmSync(join(path, 'metrics.jsonl'));
  if (process.platform === 'linux') {
    execFileSync('mkfifo', [join(path, 'metrics.jsonl')]);
    assert.match(readRun(path).troubles.join(), /metrics\.jsonl: it is a device or a pipe/);
  }
});

test('runs are found in folders of folders, each once, in their order', () => {
  const folder = temporaryFolder({});
  for (const name of ['run-10', 'run-2', 'sweep/a', 'sweep/b', 'a/b/c/d', 'a/b/c/d/e']) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'metrics.jsonl'), '');
  }
  mkdirSync(join(folder, 'nothing'));
  writeFileSync(join(folder, 'nothing/config.yaml'), config); // a config alone is no run
  symlinkSync(folder, join(folder, 'circle'));
  symlinkSync(join(folder, 'sweep'), join(folder, 'twice'));
  const found = findRuns(folder).map((path) => path.slice(folder.length + 1));
  assert.equal(found, ['a/b/c/d', 'run-2', 'run-10', 'sweep/a', 'sweep/b']);
  assert.equal(findRuns(join(folder, 'run-2')), [join(folder, 'run-2')]);
  assert.throws(() => findRuns(join(folder, 'nowhere')), /found nothing; expected a folder with runs/);
});

test('a folder takes what its files take, links apart', () => {
  const folder = temporaryFolder({ a: '12345', 'deep/b': '123' });
  symlinkSync('/proc', join(folder, 'link'));
  const { bytes, changed } = diskUse(folder);
  assert.is(bytes, 8);
  assert.ok(Math.abs(changed.getTime() - Date.now()) < 60_000);
});

test.run();
