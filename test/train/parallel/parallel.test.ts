import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import type { Device } from '../../../src/kernels/device.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import type { Communicator } from '../../../src/ranks/communicator.ts';
import { alone } from '../../../src/ranks/communicator.ts';
import type { Evaluation } from '../../../src/train/evaluate/evaluation.ts';
import { train, validate } from '../../../src/train/loop.ts';
import { readParameters } from '../../../src/train/modelState.ts';
import { interleaved } from '../../../src/train/parallel/interleaved.ts';
import { takeStateOfFirst } from '../../../src/train/parallel/sameState.ts';
import { onRanks } from '../../ranks/ranksInMemory.ts';
import { notes, smallTraining } from '../smallTraining.ts';

const settings = ['log.every=1', 'validate.every=4', 'train.steps=8', 'train.batchSize=2', 'train.accumulate=12'];

interface Result {
  readonly losses: readonly number[];
  readonly validations: readonly number[];
  readonly weights: readonly number[];
}

async function trained(device: Device, ranks: Communicator): Promise<Result> {
  const training = await smallTraining(device, settings, ranks);
  const seen = notes();
  await train(training, 0, seen);
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
        assert.ok(
          Math.abs(loss - one.losses[i]) < tolerance * loss,
          `${size} ranks, step ${i + 1}: ${loss}, one process: ${one.losses[i]}`,
        );
      assert.is(first.losses[0], one.losses[0], 'before the first update there is no rounding');
      for (const [i, loss] of first.validations.entries())
        assert.ok(Math.abs(loss - one.validations[i]) < tolerance * loss, `${size} ranks, validation ${i + 1}`);
      for (const other of others) assert.equal(other, first);
    }
  });

test('rows of ranks come in the order that one process has them in, however unequal the shares', async () => {
  const rows = [0, 1, 2, 3, 4].map((i) => [i, i / 3] as const);
  const share = ({ rank, size }: Communicator): (readonly [number, number])[] =>
    rows.filter((_, i) => i % size === rank);
  for (const size of [1, 2, 4, 6])
    assert.equal(await onRanks(size, (ranks) => interleaved(ranks, share(ranks))), Array(size).fill(rows));
});

test('validation of the same weights gives the same bits on any number of ranks', async () => {
  const found = (ranks: Communicator): Promise<Evaluation> =>
    smallTraining(openReference(), settings, ranks).then(validate);
  const one = await found(alone);
  for (const size of [2, 3]) assert.equal(await onRanks(size, found), Array(size).fill(one));
});

test('ranks that join take the weights, the moments and the loss scale of the first', async () => {
  const found = await onRanks(2, async (ranks) => {
    const device = await openCpu({ threads: 1 });
    const { model, optimizer, ...rest } = await smallTraining(device, [`seed=${ranks.rank}`, 'train.steps=2']);
    await train({ ...rest, model, optimizer }, 0, notes());
    await takeStateOfFirst(ranks, device, model.parameters, optimizer);
    const { tensors } = await optimizer.state();
    return [...(await readParameters(model.parameters)), ...tensors];
  });
  assert.equal(found[1], found[0]);
});

test.run();
