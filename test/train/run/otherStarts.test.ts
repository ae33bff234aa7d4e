import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toYaml } from '../../../src/train/config/yaml/toYaml.ts';
import { isRun, openRun } from '../../../src/train/run/openRun.node.ts';
import type { OpenedRun, RunRequest } from '../../../src/train/run/runFolder.ts';
import { rejects } from '../../data/rejects.ts';
import { checkpointOf } from './checkpointSample.ts';
import { base, changed, metricsOf, newPath, notices, open, uninterrupted, work } from './runSample.ts';

async function trained(): Promise<string> {
  const path = newPath();
  const run = await open(path, false);
  await work(run, 0, 6);
  await run.close();
  return path;
}

const openWith = (path: string, more: Partial<RunRequest>): Promise<OpenedRun> =>
  openRun({ path, config: base, yaml: toYaml(base), keep: 3, resume: true, notice: (text) => notices.push(text), ...more }); // prettier-ignore

const steps = (path: string, folder = 'checkpoints'): string[] => readdirSync(join(path, folder)).toSorted();

test('a run goes on from an older step: what came after is set aside, and comes out the same', async () => {
  const path = await trained();
  const before = readFileSync(join(path, 'metrics.jsonl'), 'utf8');
  const run = await openWith(path, { step: 2 });
  assert.is(run.checkpoint?.state.step, 2);
  assert.is(steps(path).length, 3);
  await run.begin('{}');
  assert.equal(steps(path), ['step-00000002']);
  assert.equal(steps(path, 'checkpoints.1'), ['step-00000004', 'step-00000006']);
  assert.is(readFileSync(join(path, 'metrics.1.jsonl'), 'utf8'), before);
  assert.match(notices.at(-1) ?? '', /goes on from step 2; what came after it is kept in checkpoints\.1 and metrics\.1\.jsonl$/); // prettier-ignore
  await work(run, 2, 6);
  await run.close();
  assert.equal(metricsOf(path), await uninterrupted());
  const again = await openWith(path, { step: 4 });
  await again.begin('{}');
  await again.close();
  assert.equal(steps(path, 'checkpoints.2'), ['step-00000006']);
});

test('a step without a checkpoint, and one that is damaged, are named; nothing is changed', async () => {
  const path = await trained();
  await rejects(() => openWith(path, { step: 3 }), /there is no checkpoint of step 3; there are of the steps 2, 4, 6$/);
  writeFileSync(join(path, 'checkpoints/step-00000004/model.safetensors'), '');
  await rejects(() => openWith(path, { step: 4 }), /step-00000004.*not intact/);
  assert.is(steps(path).length, 3);
});

test('a run is overwritten when the new one begins, and not before', async () => {
  const path = await trained();
  writeFileSync(join(path, 'metrics.1.jsonl'), '');
  const other = changed('seed=5');
  const request = { resume: false, overwrite: true, config: other, yaml: toYaml(other) };
  const refused = await openWith(path, request);
  await refused.close();
  assert.is(steps(path).length, 3);
  const run = await openWith(path, request);
  assert.is(run.checkpoint, undefined);
  await run.begin('{"other":1}');
  assert.equal(steps(path), []);
  assert.is(readFileSync(join(path, 'config.yaml'), 'utf8'), toYaml(other));
  await work(run, 0, 2);
  await run.close();
  assert.equal(readdirSync(path).toSorted(), ['checkpoints', 'config.yaml', 'metrics.jsonl', 'tokenizer.json']);
});

test('no folder of other things is overwritten, and one that is empty is taken', async () => {
  const path = await trained();
  writeFileSync(join(path, 'thesis.txt'), '');
  await rejects(() => openWith(path, { resume: false, overwrite: true }), /a run needs an empty folder, and thesis/);
  assert.is(steps(path).length, 3);
  await (await openWith(newPath(), { resume: false, overwrite: true })).close();
});

test('there is a run where there is a config or a checkpoint', async () => {
  assert.is(await isRun(await trained()), true);
  assert.is(await isRun(newPath()), false);
});

test('a checkpoint that a new one pushes out stays if it is to', async () => {
  const path = newPath();
  const run = await openWith(path, { resume: false, keep: 1 });
  await run.begin('{}');
  for (const step of [2, 4, 6, 8]) await run.save(checkpointOf(step), { stays: (old) => old === 4 });
  await run.close();
  assert.equal(steps(path), ['step-00000004', 'step-00000008']);
});

test('a run that was killed while it wrote its first checkpoint, and trained on meanwhile, begins again', async () => {
  const path = newPath();
  const killed = await openWith(path, { resume: false });
  await killed.begin('{}');
  killed.log('start', { step: 0 });
  killed.log('checkpoint', { step: 2 });
  killed.log('train', { step: 3 });
  await killed.close();
  const run = await openWith(path, { resume: true });
  assert.is(run.checkpoint, undefined);
  await run.begin('{}');
  await work(run, 0, 6);
  await run.close();
  assert.equal(metricsOf(path), await uninterrupted());
});

test('lines that are logged while a checkpoint is written stay, whether it can be written or not', async () => {
  const path = newPath();
  const run = await openWith(path, { resume: false });
  await run.begin('{}');
  const saving = run.save(checkpointOf(2));
  run.log('train', { step: 3 });
  await saving;
  const wrong = { ...checkpointOf(4), model: new Map([['c', { shape: [2], data: new Float32Array(1) }]]) };
  const failing = run.save(wrong);
  run.log('train', { step: 5 });
  await rejects(() => failing, /c has shape/);
  await run.close();
  assert.equal(metricsOf(path), [
    { event: 'checkpoint', step: 2 },
    { event: 'train', step: 3 },
    { event: 'checkpoint', step: 4 },
    { event: 'train', step: 5 },
  ]);
  assert.not(existsSync(join(path, 'checkpoints/step-00000004')));
  const resumed = await open(path, true);
  await resumed.close();
  assert.equal(metricsOf(path), [{ event: 'checkpoint', step: 2 }]);
});

test.run();
