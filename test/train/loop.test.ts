import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BertrandError } from '../../src/error.ts';
import { openCpu } from '../../src/kernels/cpu/index.ts';
import { openReference } from '../../src/kernels/reference/index.ts';
import { train } from '../../src/train/loop.ts';
import { trainStep } from '../../src/train/step.ts';
import type { TrainingBatch } from '../../src/train/step.ts';
import { notes, smallTraining } from './smallTraining.ts';

const cpu = await openCpu({ threads: 2 });
const every = ['log.every=1'];

test('the loss falls, and every step is reported once', async () => {
  const seen = notes();
  assert.equal(await train(await smallTraining(cpu, [...every, 'train.steps=60']), 0, seen), {
    step: 60,
    ending: 'length',
  });
  assert.equal(
    seen.steps,
    Array.from({ length: 60 }, (_, i) => i + 1),
  );
  const [first, last] = [seen.losses[0], seen.losses[59]];
  assert.ok(first > 3.5 && last < first - 0.5, `from ${first} to ${last}`);
  assert.ok(Math.abs(seen.validations[0] - last) < 1);
});

test('over 50 steps with dropout, warm-up and decay the cpu follows reference', async () => {
  const settings = [...every, 'train.steps=50'];
  const [found, expected] = [notes(), notes()];
  await train(await smallTraining(cpu, settings), 0, found);
  await train(await smallTraining(openReference(), settings), 0, expected);
  assert.is(found.losses.length, 50);
  for (const [i, loss] of expected.losses.entries())
    assert.ok(
      Math.abs(found.losses[i] - loss) < 2e-4 * loss,
      `step ${i + 1}: cpu ${found.losses[i]}, reference ${loss}`,
    );
});

test('the same run has the same bits on one thread and on three', async () => {
  const runs: number[][] = [];
  for (const threads of [1, 3]) {
    const device = await openCpu({ threads });
    const seen = notes();
    await train(await smallTraining(device, every), 0, seen);
    await device.close();
    runs.push(seen.losses);
  }
  assert.equal(runs[0], runs[1]);
});

test('accumulated halves of a batch give what the whole batch gives', async () => {
  const runs: number[][] = [];
  for (const accumulate of [1, 2]) {
    const training = await smallTraining(openReference(), [
      ...every,
      'train.steps=5',
      'model.dropout=0',
      `train.accumulate=${accumulate}`,
    ]);
    const seen = notes();
    const trainBatch = async (index: number): Promise<TrainingBatch> => {
      const whole = await training.trainBatch(accumulate === 1 ? index : Math.floor(index / 2));
      return accumulate === 1 ? whole : half(whole, index % 2);
    };
    await train({ ...training, trainBatch }, 0, seen);
    runs.push(seen.losses);
  }
  for (const [i, loss] of (runs[0] ?? []).entries())
    assert.ok(Math.abs((runs[1]?.[i] ?? 0) - loss) < 1e-12, `step ${i + 1}`);
});

test('a stop is asked for: the loop saves and ends', async () => {
  const seen = notes();
  const stopRequested = (): boolean => seen.steps.length === 7;
  assert.equal(await train(await smallTraining(cpu), 0, { ...seen, stopRequested }), { step: 7, ending: 'stop' });
  assert.equal(seen.saved, [7]);
});

test('a loss that is no number ends the run with advice', async () => {
  const training = await smallTraining(cpu, every);
  training.model.parameters.get('decoder.LL.bias').write(new Float32Array(60).fill(NaN));
  try {
    await train(training, 0, notes());
    assert.unreachable();
  } catch (error) {
    assert.ok(
      error instanceof BertrandError &&
        /loss of step 1 is NaN: training has diverged.*learningRate/.test(error.message),
      String(error),
    );
  }
});

test('gradients that are no numbers end the run at the step that made them', async () => {
  const training = await smallTraining(cpu, [...every, 'train.optimizer.learningRate=1e30', 'train.schedule.warmup=1']);
  const seen = notes();
  try {
    await train(training, 0, seen);
    assert.unreachable();
  } catch (error) {
    assert.ok(error instanceof BertrandError && /step 2 is .*training has diverged/.test(error.message), String(error));
  }
  assert.equal(seen.saved, []);
});

test('micro-batches of a step draw dropout masks of their own', async () => {
  const losses: number[] = [];
  for (const copies of [1, 2]) {
    const training = await smallTraining(openReference(), ['model.dropout=0.5']);
    const batch = await training.trainBatch(0);
    const { loss } = trainStep(
      training,
      Array.from({ length: copies }, () => batch),
      1,
      1,
      0.01,
    );
    losses.push(await loss);
  }
  assert.ok(Math.abs(losses[0] - losses[1]) > 1e-3, 'twice the same batch gave twice the same loss');
});

test('memory is flat after the second step', async () => {
  const device = await openCpu({ threads: 1 });
  const allocations: number[] = [];
  await train(await smallTraining(device, ['train.steps=40', 'data.masking.choice=exact']), 0, {
    ...notes(),
    onStep: () => void allocations.push(device.memory.allocations),
  });
  assert.is(allocations[39], allocations[1]);
  await device.close();
});

test.after(() => cpu.close());

test.run();

/** Rows of the first or the second half. */
function half(whole: TrainingBatch, which: number): TrainingBatch {
  const batch = whole.batch / 2;
  const size = batch * whole.length;
  const cut = (values: Int32Array, width = 1): Int32Array =>
    values.slice(which * size * width, (which + 1) * size * width);
  const chosen = [...whole.positions.keys()].filter((i) => Math.floor(whole.positions[i] / size) === which);
  return {
    batch,
    length: whole.length,
    tokens: size,
    ids: cut(whole.ids),
    segments: cut(whole.segments),
    spans: cut(whole.spans, 2),
    positions: Int32Array.from(chosen, (i) => whole.positions[i] - which * size),
    labels: Int32Array.from(chosen, (i) => whole.labels[i]),
  };
}
