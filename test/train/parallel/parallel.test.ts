import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import type { Device } from '../../../src/kernels/device.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import type { Communicator } from '../../../src/ranks/communicator.ts';
import { alone } from '../../../src/ranks/communicator.ts';
import { firstBatches } from '../../../src/train/evaluate/firstBatches.ts';
import { train } from '../../../src/train/loop.ts';
import { readParameters } from '../../../src/train/modelState.ts';
import { interleaved } from '../../../src/train/parallel/interleaved.ts';
import { onRanks } from '../../ranks/ranksInMemory.ts';
import { notes, smallTraining } from '../smallTraining.ts';

const settings = ['log.every=1', 'validate.every=4', 'train.steps=8', 'train.batchSize=2', 'train.accumulate=12'];

interface Result {
  readonly losses: readonly number[];
  readonly validations: readonly number[];
  readonly weights: readonly number[];
}

async function trained(device: Device, ranks: Communicator): Promise<Result> {
  const training = await smallTraining(device, settings);
  const seen = notes();
  const { data } = training;
  const validationBatches = () => firstBatches(data.validation, 5, ranks);
  await train({ ...training, ranks, validationBatches }, 0, seen);
  const weights = [...(await readParameters(training.model.parameters)).values()].flatMap(({ data }) => [...data]);
  return { losses: seen.losses, validations: seen.validations, weights };
}

const openers: Record<string, () => Promise<Device>> = {
  cpu: () => openCpu({ threads: 1 }),
  reference: () => Promise.resolve(openReference()),
};

for (const [name, open] of Object.entries(openers))
  test(`on ${name}, 2, 3 and 4 ranks train as one process does, and all have the same weights`, async () => {
    const one = await trained(await open(), alone);
    const tolerance = name === 'cpu' ? 1e-4 : 1e-12;
    for (const size of [2, 3, 4]) {
      const [first, ...others] = await onRanks(size, async (ranks) => trained(await open(), ranks));
      assert.is(first.losses.length, 8);
      for (const [i, loss] of first.losses.entries())
        assert.ok(Math.abs(loss - one.losses[i]) < tolerance * loss, `${size} ranks, step ${i + 1}: ${loss}, one process: ${one.losses[i]}`);
      assert.is(first.losses[0], one.losses[0], 'before the first update there is no rounding');
      for (const other of others) assert.equal(other, first);
    }
  });
