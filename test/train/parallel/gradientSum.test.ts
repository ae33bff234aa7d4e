import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Tape } from '../../../src/autograd/tape.ts';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import type { Device, DeviceArray } from '../../../src/kernels/device.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import type { Communicator } from '../../../src/ranks/communicator.ts';
import { GradientSum } from '../../../src/train/parallel/gradientSum.ts';
import type { Training } from '../../../src/train/loop.ts';
import { accumulateGradients } from '../../../src/train/step.ts';
import { onRanks } from '../../ranks/ranksInMemory.ts';
import { smallTraining } from '../smallTraining.ts';

/** A rank's gradients of a step after they were added up. */
async function gradientsOf({ model }: Training): Promise<Map<string, Float64Array>> {
  const found = new Map<string, Float64Array>();
  for (const parameter of model.parameters.all) found.set(parameter.name, await parameter.readGradient());
  return found;
}

async function backward(training: Training, sum: GradientSum, index: number): Promise<void> {
  const batch = await training.trainBatch(index);
  const share = { seed: 1, step: 1, count: 10, indices: [index], onStepBack: sum.begin() };
  await Promise.all(accumulateGradients(training, [batch], share));
}

for (const preset of ['diagram', 'bert', 'modern'])
  test(`in ${preset}, the gradient of each parameter is complete when backward says so, and is so once`, async () => {
    const training = await smallTraining(openReference(), [`model.preset=${preset}`]);
    const { device, model } = training;
    const early = new Map<string, Promise<Float64Array>>();
    const tape = new Tape(device, {
      onStepBack(completed) {
        for (const parameter of completed) {
          assert.not(early.has(parameter.name), parameter.name);
          early.set(parameter.name, parameter.readGradient());
        }
      },
    });
    tape.backward(model.loss(tape, await training.trainBatch(0), 10));
    assert.is(early.size, model.parameters.all.length);
    for (const { name, readGradient } of model.parameters.all.map((parameter) => ({
      name: parameter.name,
      readGradient: () => parameter.readGradient(),
    })))
      assert.equal(await early.get(name), await readGradient(), name);
  });

/** What both kinds of device have. */
const sums: Map<string, Float64Array>[] = [];

/** A device whose memory the host cannot reach, and what hears of reads of gradients. */
const remote = (device: Device, onRead: () => void): Device =>
  Object.assign(Object.create(device) as Device, {
    hostView: () => undefined,
    read: (array: DeviceArray) => {
      if (array.size > 1) onRead(); // not of a loss
      return device.read(array);
    },
  });

for (const isRemote of [false, true])
  test(`${isRemote ? 'where the host cannot reach them ' : ''}buckets are on their way before backward ends, and hold what they would hold after it`, async () => {
    const begun: number[][] = [];
    const results = await onRanks(2, async (ranks) => {
      let during = 0;
      const opened = await openCpu({ threads: 1 });
      const near = await smallTraining(opened, ['model.layers=3']);
      const training = isRemote ? { ...near, device: remote(opened, () => (during += 1)) } : near;
      const { device, model, optimizer } = training;
      const counting: Communicator = {
        ...ranks,
        startSum(numbers) {
          if (!isRemote) during += 1;
          return ranks.startSum(numbers);
        },
      };
      const sum = new GradientSum(counting, device, model.parameters, undefined, 256);
      const counts: number[] = [];
      const found: Map<string, Float64Array>[] = [];
      for (let step = 0; step < 2; step++) {
        during = 0;
        await backward(training, sum, ranks.rank); // the same batches each time
        counts.push(during);
        await sum.end();
        found.push(await gradientsOf(training));
        model.parameters.clearGradients();
      }
      begun.push(counts);
      await optimizer.step(0);
      return found;
    });
    for (const [first, second] of begun) {
      assert.is(first, 0, 'the first step only finds the order');
      assert.ok(second > 0, 'the second begins early');
    }
    for (const [first, second] of results) assert.equal(second, first);
    assert.equal(results[1], results[0]);
    sums.push(results[0][0]);
    assert.equal(sums.at(-1), sums[0]);
  });

test('a parameter that one rank does not reach has the gradient of the others', async () => {
  const [reached, unreached] = await onRanks(2, async (ranks) => {
    const training = await smallTraining(openReference());
    const sum = new GradientSum(ranks, training.device, training.model.parameters);
    if (ranks.rank === 0) await backward(training, sum, 0);
    else sum.begin();
    await sum.end();
    return gradientsOf(training);
  });
  assert.equal(unreached, reached);
  assert.ok([...reached.values()].every((gradient) => gradient.some((value) => value !== 0)));
});

test.run();
