import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { JsonObject } from '../../../src/train/run/checkpoint/checkpoint.ts';
import { lockFolder, lockName } from '../../../src/train/run/lock.node.ts';
import { openRun } from '../../../src/train/run/openRun.node.ts';
import type { Config } from '../../../src/train/config/table/table.ts';
import { resolveConfig } from '../../../src/train/config/resolveConfig.ts';
import { toYaml } from '../../../src/train/config/yaml/toYaml.ts';
import type { OpenedRun, RunFolder } from '../../../src/train/run/runFolder.ts';
import { rejects } from '../../data/rejects.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { checkpointOf } from './checkpointSample.ts';

const root = temporaryFolder();
let folders = 0;
const newPath = (): string => join(root, String(folders++));

const base = resolveConfig('{ seed: 1, out: x, train: { steps: 10 } }', 'base.yaml');
const changed = (...settings: string[]): Config =>
  resolveConfig('{ seed: 1, out: x, train: { steps: 10 } }', 'base.yaml', settings);
const notices: string[] = [];

/** Opens a run, which nothing refuses later. */
async function open(path: string, resume: boolean, config = base): Promise<OpenedRun> {
  const run = await openRun({
    path,
    resume,
    config,
    yaml: toYaml(config),
    keep: 3,
    notice: (text) => notices.push(text),
  });
  await run.begin('{}');
  return run;
}

/** Steps of a run, with a checkpoint after every second and, if it stops, one at the end. */
async function work(run: RunFolder, from: number, to: number, stop = false): Promise<void> {
  if (from === 0) run.log('start', { step: 0 });
  else run.log('resume', { step: from });
  for (let step = from + 1; step <= to; step++) {
    run.log('train', { step, loss: 1 / step });
    const scheduled = step % 2 === 0;
    if (scheduled || (stop && step === to)) await run.save(checkpointOf(step), { scheduled });
  }
  if (stop) run.log('stop', { step: to });
}

/** metrics.jsonl without what a resumed run may have more: times and resume lines. */
const metricsOf = (path: string): unknown[] =>
  readFileSync(join(path, 'metrics.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { time: _, ...entry } = JSON.parse(line) as { event: string; time: string };
      return entry;
    })
    .filter(({ event }) => event !== 'resume');

async function uninterrupted(): Promise<unknown[]> {
  const path = newPath();
  const run = await open(path, false);
  await work(run, 0, 6);
  await run.close();
  return metricsOf(path);
}

test('a new run has its config, tokenizer, metrics and checkpoints, and no lock once it is closed', async () => {
  const path = newPath();
  const run = await open(path, false);
  assert.is(run.checkpoint, undefined);
  await work(run, 0, 2);
  await run.close();
  assert.equal(readdirSync(path).toSorted(), ['checkpoints', 'config.yaml', 'metrics.jsonl', 'tokenizer.json']);
  assert.is(readFileSync(join(path, 'config.yaml'), 'utf8'), toYaml(base));
  const first = JSON.parse(readFileSync(join(path, 'metrics.jsonl'), 'utf8').split('\n')[1]) as { time: string };
  assert.match(JSON.stringify(first), /^\{"event":"train","step":1,"loss":1,"time":"\d{4}-/);
  assert.ok(Math.abs(Date.parse(first.time) - Date.now()) < 60_000);
});

test('an existing run is refused without resume, and stays as it was', async () => {
  const path = newPath();
  const run = await open(path, false);
  await work(run, 0, 2);
  await run.close();
  const before = readFileSync(join(path, 'metrics.jsonl'), 'utf8');
  await rejects(
    () => open(path, false),
    /there is a run already; add --resume to go on with it, or choose another --out/,
  );
  assert.is(readFileSync(join(path, 'metrics.jsonl'), 'utf8'), before);
  assert.is(readdirSync(path).length, 4);
});

test('a run that never saved a checkpoint does not stand in the way of a new one, and its metrics are kept', async () => {
  const path = newPath();
  for (const number of [1, 2]) {
    const failed = await open(path, false);
    failed.log('start', { step: 0 });
    failed.log('checkpoint', { step: 2 }); // killed before it was there
    await failed.close();
    if (number > 1) assert.match(notices.at(-1) ?? '', /begins at step 0; its metrics are kept in metrics\.1\.jsonl$/);
  }
  const run = await open(path, false);
  await work(run, 0, 2);
  await run.close();
  for (const name of ['metrics.1.jsonl', 'metrics.2.jsonl', 'metrics.jsonl'])
    assert.is(readFileSync(join(path, name), 'utf8').split('"start"').length, 2, name);
});

test('where checkpoints are gone nothing is begun, nor resumed, nor changed', async () => {
  const path = newPath();
  const run = await open(path, false);
  await work(run, 0, 5);
  await run.close();
  rmSync(join(path, 'checkpoints'), { recursive: true });
  const before = snapshot(path);
  for (const resume of [true, false])
    await rejects(
      () => open(path, resume),
      /its checkpoints are gone: metrics\.jsonl tells of a run that was saved at step 4; put the folder checkpoints back/,
    );
  mkdirSync(join(path, 'checkpoints'));
  await rejects(() => open(path, true), /its checkpoints are gone/);
  rmSync(join(path, 'checkpoints'), { recursive: true });
  assert.equal(snapshot(path), before);
});

/** All files of a folder with their contents. */
const snapshot = (path: string): Record<string, string> =>
  Object.fromEntries(
    (readdirSync(path, { recursive: true }) as string[])
      .filter((name) => statSync(join(path, name)).isFile())
      .map((name) => [name, readFileSync(join(path, name), 'latin1')]),
  );

test('opening changes nothing of a run, and a refusal comes before any change', async () => {
  const path = newPath();
  const run = await open(path, false);
  await work(run, 0, 5);
  await run.close();
  const before = snapshot(path);
  const request = { path, resume: true, config: changed('log.every=7'), yaml: 'changed', keep: 1 };
  const refused = await openRun(request);
  await rejects(() => refused.begin('{"other":1}'), /has another tokenizer than its corpus gives now/);
  await refused.close();
  assert.equal(snapshot(path), before);
  const fresh = newPath();
  const unused = await openRun({ ...request, path: fresh, resume: false });
  await unused.close();
  assert.not(existsSync(fresh));
});

test('damaged lines in the middle of the metrics stay, torn ones at the end go', async () => {
  const path = newPath();
  let run = await open(path, false);
  await work(run, 0, 5);
  await run.close();
  const file = join(path, 'metrics.jsonl');
  const lines = readFileSync(file, 'utf8').split('\n');
  lines[2] = lines[2].replace('"event"', '"ev\u0000nt').replace('}', '');
  writeFileSync(file, lines.join('\n') + '{"event":"train","st');
  run = await open(path, true);
  await run.close();
  const kept = readFileSync(file, 'utf8').split('\n');
  assert.is(kept[2], lines[2]);
  assert.equal(kept, [
    ...lines.slice(
      0,
      lines.findIndex((line) => line.includes('"step":5')),
    ),
    '',
  ]);
});

test('files of a run that are removed while it runs are written again; a removed folder is an error', async () => {
  const path = newPath();
  const run = await open(path, false);
  await work(run, 0, 3);
  const before = metricsOf(path);
  for (const name of ['metrics.jsonl', 'config.yaml', 'tokenizer.json']) rmSync(join(path, name));
  await run.save(checkpointOf(4));
  run.log('train', { step: 5 });
  assert.equal(metricsOf(path), [...before, { event: 'checkpoint', step: 4 }, { event: 'train', step: 5 }]);
  assert.is(readFileSync(join(path, 'config.yaml'), 'utf8'), toYaml(base));
  assert.is(readFileSync(join(path, 'tokenizer.json'), 'utf8'), '{}');
  rmSync(join(path, 'checkpoints'), { recursive: true });
  await rejects(() => run.save(checkpointOf(6)), /checkpoints was removed while the run was writing to it; what it had saved is gone/); // prettier-ignore
  rmSync(path, { recursive: true });
  await rejects(() => run.save(checkpointOf(6)), /was removed while the run was writing to it; what it had saved may be gone/); // prettier-ignore
  assert.not(existsSync(path));
  await run.close();
});

test('a folder of other things is refused, an empty one is taken', async () => {
  const [full, empty] = [newPath(), newPath()];
  mkdirSync(full);
  mkdirSync(empty);
  writeFileSync(join(full, 'thesis.txt'), '');
  await rejects(() => open(full, false), /a run needs an empty folder, and thesis\.txt is there/);
  assert.equal(readdirSync(full), ['thesis.txt']);
  await (await open(empty, false)).close();
});

test('there must be a run to resume', async () => {
  await rejects(() => open(newPath(), true), /no run to resume; leave out --resume/);
});

test('folders that cannot be made are named with the reason', async () => {
  const file = join(temporaryFolder({ x: '' }), 'x');
  await rejects(
    () => open(file, false),
    /cannot open the run in .*x: a file of that name already exists \(EEXIST\); choose/,
  );
  await rejects(() => open(join(file, 'y'), false), /a part of the path is a file, not a folder/);
});

test('a run that was stopped has, once resumed, the metrics of one that was not', async () => {
  const path = newPath();
  let run = await open(path, false);
  await work(run, 0, 3, true);
  await run.close();
  run = await open(path, true);
  assert.is(run.checkpoint?.state.step, 3);
  assert.equal(run.checkpoint?.model, checkpointOf(3).model);
  await work(run, 3, 6);
  await run.close();
  assert.equal(metricsOf(path), await uninterrupted());
});

test('so has one that was killed, whose last line is torn', async () => {
  const path = newPath();
  let run = await open(path, false);
  await work(run, 0, 5);
  await run.close();
  writeFileSync(join(path, 'metrics.jsonl'), '{"event":"train","st', { flag: 'a' });
  run = await open(path, true);
  assert.is(run.checkpoint?.state.step, 4);
  await work(run, 4, 6);
  await run.close();
  assert.equal(metricsOf(path), await uninterrupted());
});

test('so has one that was killed before its first checkpoint, and begins anew', async () => {
  const path = newPath();
  let run = await open(path, false);
  await work(run, 0, 1);
  await run.close();
  run = await open(path, true);
  assert.is(run.checkpoint, undefined);
  await work(run, 0, 6);
  await run.close();
  assert.equal(metricsOf(path), await uninterrupted());
});

test('a broken checkpoint is passed over and named; with all broken there is nothing to resume', async () => {
  const path = newPath();
  let run = await open(path, false);
  await work(run, 0, 4);
  await run.close();
  const broken = (step: number): string => join(path, 'checkpoints', `step-0000000${step}`);
  writeFileSync(join(broken(4), 'model.safetensors'), '');
  run = await open(path, true);
  assert.is(run.checkpoint?.state.step, 2);
  assert.equal(run.passedOver.map((one) => one.path), [broken(4)]); // prettier-ignore
  await work(run, 2, 6);
  await run.close();
  assert.equal(metricsOf(path), await uninterrupted());
  for (const step of [2, 4, 6]) writeFileSync(join(broken(step), 'state.json'), '');
  await rejects(
    () => open(path, true),
    /no checkpoint is intact:\n.*step-00000006.*\n.*step-00000004.*\n.*step-00000002/,
  );
});

test('a checkpoint that cannot be saved leaves no line in the metrics', async () => {
  const path = newPath();
  const run = await open(path, false);
  await work(run, 0, 2);
  const before = metricsOf(path);
  const wrong = { ...checkpointOf(4), model: new Map([['c', { shape: [2], data: new Float32Array(1) }]]) };
  await rejects(() => run.save(wrong), /c has shape \(2\) and 1 elements/);
  assert.equal(metricsOf(path), before);
  await run.save(checkpointOf(4));
  assert.is(metricsOf(path).length, before.length + 1);
  await run.close();
});

test('what changes the run may not differ on resuming; what does not, may', async () => {
  const path = newPath();
  const run = await open(path, false);
  await work(run, 0, 4);
  await run.close();
  const strict = ['seed=2', 'train.steps=3', 'train.optimizer.betas=[0.9,0.99]', 'train.schedule.restarts=[2]'];
  await rejects(() => open(path, true, changed(...strict)), /cannot be resumed with a config that changes what is learnt:\n {2}seed: the run has 1, the config 2\n {2}train\.steps: the run is at step 4, the config ends at 3\n {2}train\.optimizer\.betas: the run has \[0\.9,0\.98\], the config \[0\.9,0\.99\]\n {2}train\.schedule\.restarts: the run has \[\], the config \[2\]\nput/); // prettier-ignore
  await rejects(() => open(path, true, changed('data.corpus=[other.txt]')), /data\.corpus: the run has/);
  const free = changed(
    'out=y',
    'log.every=5',
    'device=cpu',
    'cpu.threads=1',
    'validate.every=7',
    'checkpoint.keep=1',
    'data.cache=z',
    'train.steps=20',
    'train.schedule.restarts=[10]',
  );
  await (await open(path, true, free)).close();
  assert.is(readFileSync(join(path, 'config.yaml'), 'utf8'), toYaml(free));
});

test('what a checkpoint was trained with stands above a config.yaml that was changed since', async () => {
  const path = newPath();
  const run = await open(path, false);
  const { state, ...tensors } = checkpointOf(2);
  const config = base as unknown as JsonObject;
  await run.save({ ...tensors, state: { ...state, config, corpus: 'text' } });
  await run.close();
  const file = join(path, 'config.yaml');
  writeFileSync(file, toYaml(changed('model.heads=2')));
  await rejects(() => open(path, true, changed('model.heads=2')), /model\.heads: the run has 4, the config 2/);
  for (const text of ['seed: [', toYaml(changed('model.heads=2'))]) {
    writeFileSync(file, text);
    await (await open(path, true)).close();
    assert.is(readFileSync(file, 'utf8'), toYaml(base));
  }
  rmSync(file);
  const renamed = changed('data.corpus=[other.txt]'); // the fingerprint decides
  await (await open(path, true, renamed)).close();
  assert.is(readFileSync(file, 'utf8'), toYaml(renamed));
});

test('a run without a readable config is not resumed', async () => {
  const path = newPath();
  await (await open(path, false)).close();
  for (const text of ['', 'seed: [', '"']) {
    writeFileSync(join(path, 'config.yaml'), text);
    await rejects(
      () => open(path, true),
      /config\.yaml:1:\d.*\n.*config\.yaml was changed since the run wrote it; put it back as it was, or start/,
    );
  }
});

test('a resumed run keeps its tokenizer, and refuses another', async () => {
  const path = newPath();
  const request = { path, resume: true, config: base, yaml: toYaml(base), keep: 1 };
  const first = await openRun({ ...request, resume: false });
  await first.begin('{"a":1}');
  await first.close();
  const run = await openRun(request);
  await rejects(() => run.begin('{"a":2}'), /has another tokenizer than its corpus gives now/);
  await run.begin('{"a":1}');
  await run.close();
});

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
