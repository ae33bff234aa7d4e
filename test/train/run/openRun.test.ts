import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openRun } from '../../../src/train/run/openRun.node.ts';
import { toYaml } from '../../../src/train/config/yaml/toYaml.ts';
import { rejects } from '../../data/rejects.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { checkpointOf } from './checkpointSample.ts';
import { newPath, base, changed, notices, open, work, metricsOf } from './runSample.ts';

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
      /its checkpoints are gone: metrics\.jsonl is of a run that was saved at step 2; put the folder checkpoints back/,
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

test.run();
