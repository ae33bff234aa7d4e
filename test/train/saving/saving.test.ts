import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BertrandError } from '../../../src/error.ts';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import { readParameters } from '../../../src/train/modelState.ts';
import type { Checkpoint } from '../../../src/train/run/checkpoint/checkpoint.ts';
import type { RunFolder, SaveOptions } from '../../../src/train/run/runFolder.ts';
import { writeSafetensors } from '../../../src/train/run/safetensors/writeSafetensors.ts';
import { TensorFile } from '../../../src/train/run/safetensors/tensorFile.ts';
import { Background } from '../../../src/train/saving/background.ts';
import { isMilestone } from '../../../src/train/saving/milestones.ts';
import { Snapshot } from '../../../src/train/saving/snapshot.ts';
import { Session } from '../../../src/train/session.ts';
import { messageOf } from '../../messageOf.ts';
import { smallData, smallTraining } from '../smallTraining.ts';

const device = await openCpu({ threads: 1 });

test('work in the background fails whoever asks next, and that once', async () => {
  const background = new Background();
  background.start(() => Promise.resolve());
  await background.end();
  background.start(() => Promise.reject(new BertrandError('full')));
  background.check(); // not yet
  await new Promise(setImmediate);
  assert.throws(() => background.check(), /full/);
  background.check();
  background.start(() => Promise.reject(new BertrandError('full')));
  assert.is(await messageOf(() => background.end()), 'full');
  await background.end();
});

test('milestones are multiples of a number, or the steps of a list', () => {
  assert.equal(
    [100, 150, 200].map((step) => isMilestone(100, step)),
    [true, false, true],
  );
  assert.equal(
    [100, 150].map((step) => isMilestone([150], step)),
    [false, true],
  );
  assert.is(isMilestone([], 100), false);
});

test('a snapshot has the files of weights and optimizer in memory that is used again, and later steps do not change it', async () => {
  const { model, optimizer } = await smallTraining(device);
  const snapshot = new Snapshot(model.parameters, optimizer);
  const [parameter] = model.parameters.all;
  parameter.write(new Float32Array(parameter.size).fill(1));
  const first = (await snapshot.take())!;
  const file = first.model as TensorFile;
  assert.instance(file, TensorFile);
  assert.equal(file.bytes, writeSafetensors(await readParameters(model.parameters), { format: 'pt' }));
  assert.equal((first.optimizer as TensorFile).bytes, writeSafetensors((await optimizer.state()).tensors, { format: 'pt' })); // prettier-ignore
  const before = file.bytes.slice();
  parameter.write(new Float32Array(parameter.size).fill(2));
  assert.equal(file.bytes, before);
  assert.is((await snapshot.take())?.model, file);
  assert.is(file.get(parameter.name)?.data[0], 2);
  assert.is(await snapshot.take(false), undefined);
});

interface Saving extends RunFolder {
  readonly events: string[];
  /** What lets the writing of each checkpoint end, or fail. */
  readonly writings: { readonly done: () => void; readonly fail: (error: Error) => void }[];
  readonly kept: (readonly number[])[];
}

/** A run's folder whose checkpoints are written when the test says so. */
function slowFolder(): Saving {
  const events: string[] = [];
  const writings: Saving['writings'] = [];
  const kept: number[][] = [];
  return {
    path: 'x',
    events,
    writings,
    kept,
    checkpoint: undefined,
    passedOver: [],
    begin: () => Promise.resolve(),
    log: (event, { step }) => void events.push(`${event} ${step}`),
    save({ state: { step } }: Checkpoint, { stays }: SaveOptions = {}) {
      events.push(`save ${step}`);
      kept.push([1, 2, 3, 4, 5, 6].filter((step) => stays?.(step)));
      return new Promise((resolve, reject) => {
        writings.push({ done: () => resolve(`x/${step}`), fail: reject });
      });
    },
    close: () => Promise.resolve(),
  };
}

const settings = ['train.steps=6', 'checkpoint.every=2', 'validate.every=3', 'log.every=1'];

async function training(run: RunFolder, onStep: (step: number) => void, more: readonly string[] = []) {
  const { config, data } = await smallData([...settings, ...more]);
  const session = new Session({ config, device, data, run, corpus: '' });
  const saved: string[] = [];
  const view = { step: onStep, train: () => {}, validate: () => {}, saved: (path: string) => void saved.push(path) };
  return { saved, ended: session.train(view, () => false) };
}

test('training goes on while a checkpoint is written; the next one waits for it, and so does the end', async () => {
  const run = slowFolder();
  const { saved, ended } = await training(run, () => {});
  const until = async (event: string): Promise<void> => {
    while (!run.events.includes(event)) await new Promise(setImmediate);
  };
  const pause = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 30));
  await until('validate 3');
  await pause();
  assert.is(run.events.at(-1), 'validate 3', 'the best of step 3 is saved once that of step 2 is');
  assert.is(run.writings.length, 1);
  run.writings[0].done();
  await until('save 3');
  assert.equal(saved, ['x/2']);
  run.writings[1].done();
  await until('save 4');
  run.writings[2].done();
  await until('save 6');
  await pause();
  assert.not(run.events.includes('end 6'));
  run.writings[3].done();
  assert.equal(await ended, { step: 6, ending: 'length' });
  assert.is(run.events.at(-1), 'end 6');
  assert.equal(saved, ['x/2', 'x/3', 'x/4', 'x/6']);
});

test('a checkpoint whose writing takes many turns is there after a few long steps', async () => {
  const run = slowFolder();
  let left = 6;
  const save = async (): Promise<string> => {
    while (left > 0) {
      await new Promise(setImmediate);
      left -= 1;
    }
    return 'x/1';
  };
  const lefts: number[] = [];
  const long = (): void => {
    lefts.push(left);
    for (const end = performance.now() + 80; performance.now() < end;); // as a step does
  };
  const more = ['train.steps=5', 'checkpoint.every=100', 'checkpoint.milestones=[1]', 'validate.every=100'];
  await (
    await training({ ...run, save }, long, more)
  ).ended;
  assert.is(lefts.at(-1), 0, lefts.join());
});

test('a checkpoint that cannot be written ends the run after a step, with its error', async () => {
  const run = slowFolder();
  const fail = (): void => run.writings[0].fail(new BertrandError('the disk is full'));
  let last = 0;
  const { ended } = await training(
    run,
    (step) => {
      last = step;
      if (step === 3) fail();
    },
    ['checkpoint.every=100', 'checkpoint.best=false', 'checkpoint.milestones=[2]'],
  );
  assert.is(await messageOf(() => ended), 'the disk is full');
  assert.ok(last <= 4, `step ${last}`);
  assert.match(run.events.at(-1) ?? '', /^error /);
});

test('the one that cannot be written at the end is an error, too', async () => {
  const run = slowFolder();
  const { ended } = await training(run, () => {}, ['checkpoint.every=100', 'checkpoint.best=false']);
  while (run.writings.length === 0) await new Promise(setImmediate);
  run.writings[0].fail(new BertrandError('the disk is full'));
  assert.is(await messageOf(() => ended), 'the disk is full');
});

test('the best and the milestones stay', async () => {
  const run = slowFolder();
  const { ended } = await training(run, () => {}, ['checkpoint.milestones=[4]']);
  for (let i = 0; i < 4; i++) {
    while (run.writings.length <= i) await new Promise(setImmediate);
    run.writings[i].done();
  }
  await ended;
  assert.equal(run.kept, [[4], [3, 4], [3, 4], [4, 6]]);
});

test.after(() => device.close());

test.run();
