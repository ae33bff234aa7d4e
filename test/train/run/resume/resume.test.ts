import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openDevice } from '../../../../src/kernels/choose.ts';
import { resolveConfig } from '../../../../src/train/config/resolveConfig.ts';
import { resumeNotices } from '../../../../src/train/run/resume/resumeNotices.ts';
import { readRun } from '../../../../src/train/record/readRun.node.ts';
import { readCheckpoint } from '../../../../src/train/run/checkpoint/readCheckpoint.node.ts';
import { messageOf } from '../../../messageOf.ts';
import { train, trainedRun } from '../../trainedRun.ts';

const folder = await trainedRun();
const model = (folder: string, step: number): string =>
  readFileSync(join(folder, `run/checkpoints/step-000000${step}/model.safetensors`), 'latin1');

/** Goes on with the run; what is said before the first step. */
async function resumed(...settings: string[]): Promise<readonly string[]> {
  let notices: readonly string[] = [];
  await train(folder, settings, true, (facts) => (notices = facts.notices));
  return notices;
}

test('a checkpoint tells the config, the sums and the device that it was trained with', async () => {
  const { state, versions } = await readCheckpoint(join(folder, 'run/checkpoints/step-00000020'));
  assert.is((state.config as { train: { steps: number } }).train.steps, 20);
  assert.match(`${state.tokenizer} ${state.corpus}`, /^[0-9a-f]{64} [0-9a-f]{64}$/);
  assert.equal(Object.keys(state.device ?? {}), ['name', 'description', 'arithmetic', 'products']);
  assert.match(state.device?.arithmetic ?? '', /^products of our own/);
  assert.is(versions.node, process.version);
});

test('on the same device with the same steps nothing need be said; more threads of our own give the same bits', async () => {
  assert.equal(await resumed(), []);
  assert.equal(await resumed('cpu.threads=2', 'log.every=3'), []);
});

test('on another device it is said that the last bits will differ', async () => {
  const [notice, ...others] = await resumed('device=reference');
  assert.match(notice, /^device {2}until now cpu \(products of our own.*\), from now on reference \(.*\): the last bits of its numbers will differ$/); // prettier-ignore
  assert.equal(others, []);
});

test('so it is where the same device takes products of another library', async () => {
  const { state } = await readCheckpoint(join(folder, 'run/checkpoints/step-00000020'));
  const config = resolveConfig('seed: 1', 'x.yaml');
  const device = {
    ...(await openDevice('reference')),
    name: 'cpu',
    arithmetic: 'products by libx on 2 threads',
  } as const;
  assert.match(resumeNotices(config, config, state, device)[0], /^device {2}until now cpu \(products of our own.*, from now on cpu \(products by libx on 2 threads\)/); // prettier-ignore
});

test('a finished run is lengthened with a schedule of its own, as if it had been meant so from the start', async () => {
  const longer = ['train.steps=30', 'train.schedule.restarts=[20]'];
  assert.match((await resumed(...longer))[0], /^learning rate: was 0 at step 20 of 20, goes on with 1\.00e-2 at step 21 of 30, warm-up is until step 21$/); // prettier-ignore
  assert.is(model(folder, 30), model(await trainedRun(longer), 30));
});

test('where the schedule is stretched the jump is said, with a way around it', async () => {
  const longer = ['train.steps=40', 'train.schedule.restarts=[20]'];
  const [notice] = await resumed(...longer);
  assert.match(notice, /^learning rate: was 0 at step 30 of 30, goes on with 4\.74e-3 at step 31 of 40; for a schedule of its own add --set train\.schedule\.restarts=\[20,30\]$/); // prettier-ignore
});

test('the stable part of wsd is prolonged without a leap; from within the decay the leap is said, and where to go on from', async () => {
  const wsd = ['train.schedule.name=wsd', 'train.schedule.warmup=2', 'train.schedule.decay=8'];
  const short = await trainedRun(wsd); // its decay begins after step 12
  let notices: readonly string[] = [];
  const goOn = (step: number): Promise<void> =>
    train(short, [...wsd, 'train.steps=30'], { resume: true, step }, (facts) => (notices = facts.notices));
  await goOn(15);
  assert.equal(notices, [
    'learning rate: was 3.88e-3 at step 15 of 20, goes on with 1.00e-2 at step 16 of 30; its decay began after step 12: to go on without a leap, go on from a step up to that: --resume STEP, or bertrand resume RUN STEP',
  ]);
  await goOn(10);
  assert.equal(notices, []);
  assert.is(model(short, 30), model(await trainedRun([...wsd, 'train.steps=30']), 30));
});

test('a run by the clock goes on with its seconds, and by another clock with a notice', async () => {
  const minutes = await trainedRun(['train.minutes=0.02']);
  const steps = readRun(join(minutes, 'run')).metrics.step;
  let notices: readonly string[] = [];
  const goOn = (length: number): Promise<void> =>
    train(minutes, [`train.minutes=${length}`], true, (facts) => (notices = facts.notices));
  await goOn(0.02);
  assert.equal([readRun(join(minutes, 'run')).metrics.step, notices], [steps, []]);
  await goOn(0.05);
  assert.match(notices.join(), /^learning rate: was 0 at step \d+ of 0\.02 minutes, goes on with \d\.\d\de-3 at step \d+ of 0\.05 minutes$/); // prettier-ignore
  assert.ok(readRun(join(minutes, 'run')).metrics.step > steps);
  assert.match(await messageOf(() => goOn(0.01)), /train\.minutes: the run has 0\.05, the config 0\.01/);
});

test('a run in bf16 resumes bit for bit, and in no other precision', async () => {
  const bf16 = ['train.precision=bf16', 'cpu.products=emulated'];
  const whole = await trainedRun([...bf16, 'train.steps=30']);
  const begun = await trainedRun([...bf16, 'train.steps=30']);
  for (const step of ['20', '25', '30']) rmSync(join(begun, `run/checkpoints/step-000000${step}`), { recursive: true });
  const { state } = await readCheckpoint(join(begun, 'run/checkpoints/step-00000015'));
  assert.is((state.config as { train: { precision: string } }).train.precision, 'bf16');
  assert.is(state.device?.products, 'emulated');
  await train(begun, [...bf16, 'train.steps=30', 'cpu.threads=3'], true);
  assert.is(model(begun, 30), model(whole, 30));
  assert.is.not(model(whole, 30), model(await trainedRun(['train.steps=30']), 30));
  assert.match(
    await messageOf(() => train(begun, ['train.steps=30'], true)),
    /train\.precision: the run has "bf16", the config "f32"/,
  );
});

test('steps may be fewer than they were, but not fewer than were made', async () => {
  assert.match(await messageOf(() => resumed()), /train\.steps: the run is at step 40, the config ends at 20/);
});

test('the same text under another name is the same text', async () => {
  copyFileSync(join(folder, 'corpus.txt'), join(folder, 'renamed.txt'));
  const renamed = `data.corpus=[${join(folder, 'renamed.txt')}]`;
  assert.equal(await resumed('train.steps=40', 'train.schedule.restarts=[20]', renamed), []);
});

test.run();
