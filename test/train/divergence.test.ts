import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCpu } from '../../src/kernels/cpu/index.ts';
import { DivergenceError, LossWatch } from '../../src/train/divergence.ts';
import type { JsonObject } from '../../src/train/run/checkpoint/checkpoint.ts';
import type { RunFolder } from '../../src/train/run/runFolder.ts';
import { Session } from '../../src/train/session.ts';
import { messageOf } from '../messageOf.ts';
import { smallData } from './smallTraining.ts';

const refused = (watch: LossWatch, loss: number, guessing?: number): string => {
  try {
    watch.check('it', loss, guessing);
  } catch (error) {
    assert.instance(error, DivergenceError);
    return (error as DivergenceError).message;
  }
  return '';
};

test('a loss is far off above twice the best and twice guessing by frequency, and no number is always', () => {
  const watch = new LossWatch(Math.log(60));
  for (const loss of [4.2, 3.1, 6.5, 8.1]) assert.is(refused(watch, loss), '');
  assert.match(
    refused(watch, 8.3),
    /^it is 8\.300: the run's best was 3\.10, guessing by frequency has 4\.09: training has diverged; begin/,
  );
  assert.match(refused(watch, 1e20, 3.5), /^it is 1\.000e\+20: .*guessing by frequency has 3\.50/);
  assert.match(refused(watch, 7.1), /has 3\.50/);
  assert.match(refused(watch, Infinity), /^it is Infinity: training has diverged/);
  assert.is(watch.best, 3.1);
});

test('what begins far above guessing may fall from there, and a single high loss that is only noted is no divergence', () => {
  const watch = new LossWatch(4);
  watch.note(50);
  assert.is(refused(watch, 70), '');
  watch.note(3);
  watch.note(1e9);
  assert.is(refused(watch, 8), '');
  assert.match(refused(watch, 70), /the run's best was 3\.00/);
  assert.is(refused(new LossWatch(4, 5), 9.9), '');
  assert.match(refused(new LossWatch(4, 5), 10.1), /best was 5\.00/);
});

/** A run's folder that keeps nothing but what it is told. */
function notebook(): RunFolder & { events: (JsonObject & { event: string })[]; steps: number[] } {
  const [events, steps]: [(JsonObject & { event: string })[], number[]] = [[], []];
  return {
    path: 'x',
    events,
    steps,
    checkpoint: undefined,
    passedOver: [],
    begin: () => Promise.resolve(),
    log: (event, fields) => void events.push({ event, ...fields }),
    save: ({ state: { step } }) => Promise.resolve(`x/checkpoints/${(steps.push(step), step)}`),
    close: () => Promise.resolve(),
  };
}

const device = await openCpu({ threads: 1 });
const view = { step: () => {}, train: () => {}, validate: () => {}, saved: () => {} };
for (const [what, value, message] of [
  ['a loss that grows without bounds', 1e20, /^the loss of step 6 is \d\.\d*e\+\d+: the run's best was \d/],
  ['a loss that is no number', NaN, /^the loss of step \d is NaN: training has diverged/],
] as const)
  test(`${what} becomes no checkpoint; the one before is named, and the metrics end with the error`, async () => {
    const { config, data } = await smallData([
      'checkpoint.every=3',
      'validate.every=1000',
      'train.optimizer.learningRate=1e-9',
    ]);
    const run = notebook();
    const session = new Session({ config, device, data, run, corpus: '' });
    const bias = session.training.model.parameters.get('decoder.LL.bias');
    const spoil = (step: number): void => {
      if (step === 4) bias.write(new Float32Array(60).map((_, id) => (id === 2 ? value : 0)));
    };
    const found = await messageOf(() => session.train({ ...view, step: spoil }, () => false));
    assert.match(found, message);
    assert.match(found, / \(x\/checkpoints\/3 is from before\)$/);
    assert.equal(run.steps, [3]);
    assert.equal(run.events.at(-1), { event: 'error', step: session.step, message: found });
  });

test('what goes wrong before the first checkpoint is said to have left none', async () => {
  const { config, data } = await smallData([]);
  const session = new Session({ config, device, data, run: notebook(), corpus: '' });
  session.training.model.parameters.get('decoder.LL.bias').write(new Float32Array(60).fill(NaN));
  assert.match(await messageOf(() => session.train(view, () => false)), /\(no checkpoint was saved\)$/);
});

test.after(() => device.close());
test.run();
