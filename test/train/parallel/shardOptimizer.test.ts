import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import type { Device } from '../../../src/kernels/device.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { alone } from '../../../src/ranks/communicator.ts';
import type { Communicator, Numbers, Part } from '../../../src/ranks/communicator.ts';
import { train } from '../../../src/train/loop.ts';
import type { Training } from '../../../src/train/loop.ts';
import type { HostTensors } from '../../../src/train/modelState.ts';
import { readParameters, writeParameters } from '../../../src/train/modelState.ts';
import { adamwRule } from '../../../src/train/optimizer/adamw.ts';
import { Optimizer } from '../../../src/train/optimizer/optimizer.ts';
import { everywhere } from '../../../src/train/optimizer/rule.ts';
import { takeStateOfFirst } from '../../../src/train/parallel/sameState.ts';
import { onRanks } from '../../ranks/ranksInMemory.ts';
import { notes, smallTraining } from '../smallTraining.ts';

const STEPS = 6;
const settings = ['log.every=1', `train.steps=${STEPS}`, 'train.batchSize=1', 'train.accumulate=12'];
const lion = 'train.optimizer={ name: lion, learningRate: 1e-3 }';
/** Ranks in memory can share a device. */
const cpu = await openCpu({ threads: 1 });
const open = async (ranks: Communicator, shard: boolean, ...more: string[]): Promise<Training> =>
  smallTraining(cpu, [...settings, `train.shardOptimizer=${shard}`, ...more], ranks);

const weightsOf = async ({ model }: Training): Promise<HostTensors> => readParameters(model.parameters);

interface Trained {
  readonly losses: readonly number[];
  readonly weights: HostTensors;
}

async function trained(training: Training, from = 0, steps = STEPS): Promise<Trained> {
  const seen = notes();
  await train(training, from, { ...seen, stopRequested: () => seen.steps.at(-1) === steps });
  return { losses: seen.losses, weights: await weightsOf(training) };
}

function expectClose(found: Trained, expected: Trained, what: string, tolerance = 1e-4): void {
  assert.is(found.losses.length, expected.losses.length);
  for (const [i, loss] of found.losses.entries())
    assert.ok(
      Math.abs(loss - expected.losses[i]) < tolerance * loss,
      `${what}, ${i}: ${loss}, not ${expected.losses[i]}`,
    );
}

/** As small as this, buckets are many, some parts begin within a parameter, and some ranks have none of the last one. */
const BUCKET = 272;

/** The same with many buckets. */
async function ofManyBuckets(device: Device, ranks: Communicator): Promise<Training> {
  const training = await smallTraining(device, [...settings, 'train.shardOptimizer=true'], ranks);
  const { optimizer, clipNorm } = training.config.train;
  const { parameters } = training.model;
  const rule = adamwRule({ ...optimizer, clipNorm });
  return { ...training, optimizer: new Optimizer(device, parameters, everywhere(rule), ranks, BUCKET) };
}

for (const [more, sizes] of [
  [[], [2, 3, 4]],
  [[lion], [3]],
  [['train.ema=0.9', 'train.clipNorm=0.1'], [4]],
] as const)
  test(`a shared optimizer (${more.join() || 'adamw'}) learns as one of one process, with the same weights on all ranks`, async () => {
    const one = await trained(await open(alone, true, ...more));
    for (const size of sizes) {
      const [first, ...others] = await onRanks(size, async (ranks) => trained(await open(ranks, true, ...more)));
      expectClose(first, one, `${size} ranks`);
      for (const other of others) assert.equal(other, first);
    }
  });

const withoutViews = (device: Device): Device =>
  Object.assign(Object.create(device) as Device, { viewAlignment: 0, hostView: () => undefined });
const devices: Record<string, () => Promise<Device>> = {
  'in the memory of the host': () => Promise.resolve(cpu),
  elsewhere: () => Promise.resolve(openReference()),
  'elsewhere, without views': () => Promise.resolve(withoutViews(openReference())),
};

for (const [where, openDevice] of Object.entries(devices))
  test(`${where}: with many buckets too, and its state is that of one process`, async () => {
    const result = async (ranks: Communicator) => {
      const training = await ofManyBuckets(await openDevice(), ranks);
      const { losses, weights } = await trained(training, 0, 2);
      return { losses, weights, state: await training.optimizer.state() };
    };
    const one = await result(alone);
    const [first, ...others] = await onRanks(3, result);
    expectClose(first, one, where);
    for (const { weights } of others) assert.equal(weights, first.weights);
    assert.equal([...first.state.tensors.keys()], [...one.state.tensors.keys()]);
    for (const [name, { data }] of first.state.tensors)
      for (const [i, value] of data.entries())
        assert.ok(Math.abs(value - (one.state.tensors.get(name)?.data[i] ?? NaN)) < 1e-5, `${name}, ${i}`);
  });

test('a step sends each rank its own part of the gradients alone, and the weights back', async () => {
  const size = 3;
  const sent = await onRanks(size, async (ranks) => {
    const [sums, gathered, summed]: [number[], number[], number[]] = [[], [], []];
    const own = (parts: readonly Part[]): number =>
      parts.filter(({ rank }) => rank === ranks.rank).reduce((sum, part) => sum + part.size, 0);
    const counting: Communicator = {
      ...ranks,
      sum: (numbers: Numbers) => (sums.push(numbers.length), ranks.sum(numbers)),
      startSum: (numbers) => (sums.push(numbers.length), ranks.startSum(numbers)),
      startSumOfParts: (numbers, parts) => (
        summed.push(numbers.length - own(parts)),
        ranks.startSumOfParts(numbers, parts)
      ),
      gatherParts: (numbers, parts) => (gathered.push(own(parts)), ranks.gatherParts(numbers, parts)),
    };
    const training = await ofManyBuckets(cpu, counting);
    await trained(training, 0, 1);
    const all = training.model.parameters.arenas.reduce((total, { weights }) => total + weights.size, 0);
    return { all, sums, summed: total(summed), gathered: total(gathered) * (size - 1) };
  });
  for (const { sums } of sent) assert.ok(Math.max(...sums) < 100, 'only counts are added up whole');
  const [{ all }] = sent;
  assert.is(total(sent.map(({ summed }) => summed)), (size - 1) * all, 'of gradients');
  assert.is(total(sent.map(({ gathered }) => gathered)), (size - 1) * all, 'of weights');
});

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

test('gradients that are no numbers on one rank are none on all', async () => {
  const norms = await onRanks(3, async (ranks) => {
    const { optimizer, model } = await ofManyBuckets(cpu, ranks);
    model.parameters.completeGradients();
    const [{ gradients }] = model.parameters.arenas;
    if (ranks.rank === 1)
      for (const { begin, parts } of optimizer.sharedBuckets ?? [])
        for (const { rank, offset } of parts)
          if (rank === 1 && begin === 0)
            model.parameters.all[0].storage.device.hostView(gradients)?.fill(NaN, offset, offset + 1);
    await optimizer.findNorm();
    return optimizer.step(0);
  });
  assert.equal(norms, [NaN, NaN, NaN]);
});

test('each rank keeps its part of the moments and no more', async () => {
  const live = (shard: boolean): Promise<number[]> =>
    onRanks(4, async (ranks) => {
      const device = openReference();
      const { optimizer } = await smallTraining(device, [`train.shardOptimizer=${shard}`], ranks);
      assert.is(optimizer.isShared, shard);
      return device.memory.live;
    });
  const { model } = await open(alone, false);
  const moments = 2 * 8 * model.parameters.arenas.reduce((sum, { weights }) => sum + weights.size, 0);
  const [plain, shared] = [await live(false), await live(true)];
  for (const [rank, bytes] of shared.entries()) {
    const saved = plain[rank] - bytes;
    assert.ok(Math.abs(saved / moments - 3 / 4) < 0.04, `rank ${rank} saves ${saved} of ${moments} bytes`);
  }
});

test('resumed by as many ranks it gives the same bits, by others the same losses but for rounding', async () => {
  const goneOn = (size: number, shard: boolean, weights: HostTensors, state: Awaited<ReturnType<Optimizer['state']>>) =>
    onRanks(size, async (ranks) => {
      const training = await open(ranks, shard);
      const { device, model, optimizer } = training;
      if (ranks.rank === 0) {
        writeParameters(model.parameters, weights);
        optimizer.restore(state);
      } else optimizer.goOnFrom(state.steps);
      const moments = ranks.rank === 0 ? state.tensors : undefined;
      await takeStateOfFirst(ranks, device, model.parameters, optimizer, true, moments);
      return trained(training, 3);
    });
  const [whole] = await onRanks(2, async (ranks) => trained(await open(ranks, true)));
  const [{ weights, state }] = await onRanks(2, async (ranks) => {
    const training = await open(ranks, true);
    const { weights } = await trained(training, 0, 3);
    return { weights, state: await training.optimizer.state() };
  });
  const last = { ...whole, losses: whole.losses.slice(3) };
  for (const result of await goneOn(2, true, weights, state)) assert.equal(result, last);
  for (const [size, shard] of [
    [3, true],
    [1, true],
    [2, false],
  ] as const)
    for (const result of await goneOn(size, shard, weights, state)) expectClose(result, last, `${size} ranks`);
});

test.run();
