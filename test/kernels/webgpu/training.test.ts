import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareWithReference } from '../../../src/autograd/check/compareDevices.ts';
import { opChecks } from '../../../src/autograd/check/opChecks.ts';
import { boxChecks } from '../../../src/bert/boxChecks.ts';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { train } from '../../../src/train/loop.ts';
import { modernBlocks, notes, smallTraining } from '../../train/smallTraining.ts';
import { openForTests } from './openForTests.ts';

const webgpu = await openForTests();
const reference = openReference();

if (webgpu) {
  for (const check of [...opChecks, ...boxChecks])
    test(`webgpu: ${check.name} and its gradients agree with reference`, async () => {
      const { error, message } = await compareWithReference(check, webgpu, reference);
      assert.ok(error <= 1, message);
    });

  /** Trains on both, and compares every loss. */
  async function followsCpu(steps: number, ...settings: readonly string[]): Promise<void> {
    const all = ['log.every=1', `train.steps=${steps}`, 'data.masking.choice=exact', ...settings];
    const cpu = await openCpu({ threads: 1 });
    const [found, expected] = [notes(), notes()];
    const allocations: number[] = [];
    const onStep = (): void => void allocations.push(webgpu!.memory.allocations);
    await train(await smallTraining(webgpu!, all), 0, { ...found, onStep });
    await train(await smallTraining(cpu, all), 0, expected);
    await cpu.close();
    assert.is(found.losses.length, steps);
    for (const [i, loss] of expected.losses.entries())
      assert.ok(
        Math.abs(found.losses[i] - loss) < 2e-4 * loss,
        `step ${i + 1}: webgpu ${found.losses[i]}, cpu ${loss}`,
      );
    assert.is(allocations[steps - 1], allocations[1]);
  }

  test('webgpu matches the cpu over 50 steps with dropout, warm-up and decay, and allocates nothing after the second', () =>
    followsCpu(50));

  test('modern: webgpu matches the cpu over 50 steps, in blocks with a window of another base than the first', () =>
    followsCpu(50, ...modernBlocks, 'data.masking.probability=0.15')); // as many tokens in every step

  for (const name of ['muon', 'lion', 'stableadamw'])
    test(`${name}: webgpu matches the cpu, and allocates nothing after the second step`, () =>
      followsCpu(4, 'model.layers=2', `train.optimizer={ name: ${name} }`));

  test('repeating a run gives the same bits', async () => {
    const runs: number[][] = [];
    for (let i = 0; i < 2; i++) {
      const seen = notes();
      await train(await smallTraining(webgpu, ['log.every=1', 'train.steps=10']), 0, seen);
      runs.push(seen.losses);
    }
    assert.is(runs[0]?.length, 10);
    assert.equal(runs[0], runs[1]);
  });

  test.after(() => webgpu.close());
}

test.run();
