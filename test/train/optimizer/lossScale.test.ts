import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BertrandError } from '../../../src/error.ts';
import type { Device } from '../../../src/kernels/device.ts';
import { train } from '../../../src/train/loop.ts';
import type { TrainReport, Training } from '../../../src/train/loop.ts';
import { LossWindow } from '../../../src/train/lossWindow.ts';
import { readParameters, writeParameters } from '../../../src/train/modelState.ts';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import { openForTests } from '../../kernels/webgpu/openForTests.ts';
import { notes, smallTraining } from '../smallTraining.ts';

const webgpu = await openForTests({ precision: 'f16' });
const settings = (steps: number): string[] => ['log.every=1', `train.steps=${steps}`, 'data.masking.choice=exact'];

/** At ten times this rate the losses of the two runs come to differ ten times as much over 50 steps. */
const calm = 'train.optimizer.learningRate=1e-3';

/** Trains up to a step and returns what was logged. */
async function reports(training: Training, from = 0): Promise<TrainReport[]> {
  const seen: TrainReport[] = [];
  await train(training, from, { ...notes(), onTrain: (_, report) => void seen.push(report) });
  return seen;
}

/** All weights and moments. */
async function numbers({ model, optimizer }: Training): Promise<Float32Array[]> {
  const { tensors } = await optimizer.state();
  const moments = [...tensors].filter(([name]) => name !== 'lossScale').map(([, tensor]) => tensor);
  return [...(await readParameters(model.parameters)).values(), ...moments].map(({ data }) => data);
}

const scaleOf = ({ optimizer }: Training, device: Device, state: readonly number[]): void => {
  assert.ok(optimizer.lossScale);
  device.write(optimizer.lossScale.state, state);
};

if (webgpu) {
  for (const [name, ...more] of [
    ['the diagram'],
    ['a tied decoder', 'model.preset=bert'],
    ['accumulated gradients', 'train.accumulate=2'],
    ['StableAdamW', 'train.optimizer={ name: stableadamw, learningRate: 1e-3 }'],
  ])
    test(`over 50 steps in half precision the losses follow those of f32: ${name}`, async () => {
      const cpu = await openCpu({ threads: 1 });
      const allocations: number[] = [];
      const found = notes();
      const onStep = (): void => void allocations.push(webgpu.memory.allocations);
      await train(await smallTraining(webgpu, [...settings(50), calm, ...more]), 0, { ...found, onStep });
      const expected = await reports(await smallTraining(cpu, [...settings(50), calm, ...more]));
      await cpu.close();
      assert.is(found.losses.length, 50);
      // One rounding of a number to f16 is off by at most 2^-11 of it; in the losses they must average out to less than half of that.
      for (const [i, { loss }] of expected.entries())
        assert.ok(Math.abs(found.losses[i] - loss) < 2 ** -12 * loss, `step ${i + 1}: ${found.losses[i]}, f32 ${loss}`);
      assert.is(allocations[49], allocations[1]);
    });

  test('Lion learns in half precision as in f32', async () => {
    const cpu = await openCpu({ threads: 1 });
    const lion = ['train.optimizer={ name: lion }'];
    const found = await reports(await smallTraining(webgpu, [...settings(50), ...lion]));
    const expected = await reports(await smallTraining(cpu, [...settings(50), ...lion]));
    await cpu.close();
    // where a gradient is 0 but for rounding, its sign, a whole step of Lion's, is that of the rounding
    for (const [i, { loss }] of expected.entries())
      assert.ok(Math.abs(found[i].loss - loss) < 2 ** -7 * loss, `step ${i + 1}: ${found[i].loss}, f32 ${loss}`);
    const last = found.slice(-10).reduce((sum, { loss }) => sum + loss / 10, 0);
    assert.ok(last < found[0].loss - 0.1, `${last}, at first ${found[0].loss}`);
    assert.is(found[49].skippedSteps, 0);
  });

  for (const name of ['adamw', 'stableadamw', 'lion'])
    test(`${name}: a step whose gradients overflow changes no weight and no moment, is counted, and halves the scale`, async () => {
      const training = await smallTraining(webgpu, [...settings(1), `train.optimizer={ name: ${name} }`]);
      const before = await numbers(training);
      scaleOf(training, webgpu, [2 ** 40, 17, 3]);
      const [{ loss, gradNorm, lossScale, skippedSteps }] = await reports(training);
      assert.not(Number.isFinite(gradNorm));
      assert.ok(Number.isFinite(loss));
      assert.equal([lossScale, skippedSteps], [2 ** 39, 4]);
      assert.equal(await numbers(training), before);
    });

  test('after an overflow training goes on, with the norm of the unscaled gradients', async () => {
    const training = await smallTraining(webgpu, settings(30));
    scaleOf(training, webgpu, [2 ** 28, 0, 0]);
    const seen = await reports(training);
    const plain = await reports(await smallTraining(webgpu, settings(1)));
    const first = seen.findIndex(({ gradNorm }) => Number.isFinite(gradNorm));
    assert.ok(first > 0 && first < 15, `${first}`);
    assert.ok(Math.abs(seen[first].gradNorm - plain[0].gradNorm) < 0.3 * plain[0].gradNorm, `${seen[first].gradNorm}`);
    const skipped = seen.filter((report) => !Number.isFinite(report.gradNorm)).length;
    assert.equal([seen[29].skippedSteps, seen[29].lossScale], [skipped, 2 ** (28 - skipped)]);
    assert.ok(seen[29].loss < seen[0].loss);
  });

  test('after 2000 good steps in a row the scale doubles', async () => {
    const training = await smallTraining(webgpu, settings(3));
    scaleOf(training, webgpu, [2 ** 10, 1998, 0]);
    assert.equal(
      (await reports(training)).map(({ lossScale }) => lossScale),
      [2 ** 10, 2 ** 11, 2 ** 11],
    );
  });

  test('a run in half precision, skipped step and all, resumes bit for bit', async () => {
    const whole = await smallTraining(webgpu, settings(12));
    scaleOf(whole, webgpu, [2 ** 26, 0, 0]);
    const expected = await reports(whole);
    const begun = await smallTraining(webgpu, settings(12));
    scaleOf(begun, webgpu, [2 ** 26, 0, 0]);
    let step = 0;
    const stopRequested = (): boolean => step === 5;
    await train(begun, 0, { ...notes(), stopRequested, onStep: (made) => void (step = made) });
    const state = await begun.optimizer.state();
    const weights = await readParameters(begun.model.parameters);
    const resumed = await smallTraining(webgpu, settings(12));
    writeParameters(resumed.model.parameters, weights);
    resumed.optimizer.restore(state);
    const window = new LossWindow();
    assert.equal(await reports({ ...resumed, window }, 5), expected.slice(5));
    assert.equal(await numbers(resumed), await numbers(whole));
    assert.ok((expected[11].skippedSteps ?? 0) > 0, 'nothing was skipped');
  });

  test('a scale that no longer helps is reported as divergence', async () => {
    const training = await smallTraining(webgpu, settings(1));
    scaleOf(training, webgpu, [2 ** -25, 0, 60]);
    try {
      await training.optimizer.lossScale?.report();
      assert.unreachable();
    } catch (error) {
      assert.instance(error, BertrandError);
      assert.match((error as BertrandError).message, /overflow at a loss scale of .*: training has diverged/);
    }
  });

  test.after(() => webgpu.close());
}

test('in f32 there is no loss scale', async () => {
  const cpu = await openCpu({ threads: 1 });
  const training = await smallTraining(cpu, settings(1));
  assert.is(training.optimizer.lossScale, undefined);
  assert.equal(Object.keys((await reports(training))[0]), ['loss', 'learningRate', 'gradNorm']);
  await cpu.close();
});

test.run();
