import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { JsonObject } from '../../../src/train/run/checkpoint/checkpoint.ts';
import { openRun } from '../../../src/train/run/openRun.node.ts';
import { toYaml } from '../../../src/train/config/yaml/toYaml.ts';
import { rejects } from '../../data/rejects.ts';
import { checkpointOf } from './checkpointSample.ts';
import { newPath, base, changed, open, work, metricsOf, uninterrupted } from './runSample.ts';

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

test.run();
