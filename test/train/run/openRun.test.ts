import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { stringify } from 'yaml';
import { openRun } from '../../../src/train/run/openRun.node.ts';
import type { RunFolder } from '../../../src/train/run/runFolder.ts';
import { rejects } from '../../data/rejects.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { checkpointOf } from './checkpointSample.ts';

const root = temporaryFolder();
let folders = 0;
const newPath = (): string => join(root, String(folders++));

const base = {
  seed: 1,
  out: 'x',
  data: { cache: 'w' },
  train: { steps: 10, optimizer: { betas: [0.9, 0.98] } },
  log: { every: 1 },
};
const open = (path: string, resume: boolean, config: object = base): Promise<RunFolder> =>
  openRun({ path, resume, config, yaml: stringify(config), keep: 3 });

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
  await run.saveTokenizer('{}');
  await work(run, 0, 2);
  await run.close();
  assert.equal(readdirSync(path).toSorted(), ['checkpoints', 'config.yaml', 'metrics.jsonl', 'tokenizer.json']);
  assert.is(readFileSync(join(path, 'config.yaml'), 'utf8'), stringify(base));
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
    /there is a run already; add --resume to go on with it .*, or choose another --out/,
  );
  assert.is(readFileSync(join(path, 'metrics.jsonl'), 'utf8'), before);
  assert.is(readdirSync(path).length, 3);
});

test('a run that never saved a checkpoint does not stand in the way of a new one', async () => {
  const path = newPath();
  const failed = await open(path, false);
  failed.log('start', { step: 0 });
  await failed.close();
  const run = await open(path, false);
  await work(run, 0, 2);
  await run.close();
  assert.is(readFileSync(join(path, 'metrics.jsonl'), 'utf8').split('"start"').length, 2, 'one start, the new one');
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
    /cannot open the run in .*x: a file of that name is in the way \(EEXIST\); choose/,
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
  await (await open(path, false)).close();
  const changed = { ...base, seed: 2, extra: true, train: { steps: 9, optimizer: { betas: [0.9, 0.99] } } };
  await rejects(() => open(path, true, changed), /cannot be resumed with a config that changes what is learnt:\n {2}seed: the run has 1, the config 2\n {2}train\.steps: the run has 10, the config 9\n {2}train\.optimizer\.betas: the run has \[0\.9,0\.98\], the config \[0\.9,0\.99\]\n {2}extra: the run has nothing, the config true\nput/); // prettier-ignore
  const free = {
    ...base,
    out: 'y',
    log: { every: 5 },
    device: 'cpu',
    cpu: { threads: 1 },
    validate: { every: 7 },
    checkpoint: { keep: 1 },
    data: { cache: 'z' },
    train: { ...base.train, steps: 11 },
  };
  await (await open(path, true, free)).close();
  assert.is(readFileSync(join(path, 'config.yaml'), 'utf8'), stringify(free));
});

test('a run without a readable config is not resumed', async () => {
  const path = newPath();
  await (await open(path, false)).close();
  for (const text of ['', 'seed: [', '"']) {
    writeFileSync(join(path, 'config.yaml'), text);
    await rejects(() => open(path, true), /config\.yaml: cannot be read: .*; start a new run/s);
  }
});

test('a resumed run keeps its tokenizer, and refuses another', async () => {
  const path = newPath();
  let run = await open(path, false);
  await run.saveTokenizer('{"a":1}');
  await run.close();
  run = await open(path, true);
  await run.saveTokenizer('{"a":1}');
  await rejects(() => run.saveTokenizer('{"a":2}'), /has another tokenizer than its corpus gives now/);
  await run.close();
});

test('a run that a living process writes is refused', async () => {
  const path = newPath();
  const run = await open(path, false);
  await rejects(() => open(path, true), /is being written by this very process/);
  await run.close();
  await (await open(path, true)).close();

  const child = spawn('sleep', ['60']);
  const stat = `/proc/${child.pid}/stat`; // Linux only
  const start = existsSync(stat) ? readFileSync(stat, 'utf8').split(' ')[21] : '0';
  const lock = `.lock-${child.pid}-${start}-${hostname()}`;
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
  writeFileSync(join(path, `.lock-${process.ppid}-1-${hostname()}`), '');
  await (await open(path, true)).close();
  writeFileSync(join(path, `.lock-1-1-another.host`), '');
  await rejects(() => open(path, true), /process 1 on another\.host; if that is gone, remove/);
});

test.run();
