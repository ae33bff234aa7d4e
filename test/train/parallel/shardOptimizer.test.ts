import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import { alone } from '../../../src/ranks/communicator.ts';
import type { Communicator } from '../../../src/ranks/communicator.ts';
import { train } from '../../../src/train/loop.ts';
import type { Training } from '../../../src/train/loop.ts';
import type { HostTensors } from '../../../src/train/modelState.ts';
import { readParameters, writeParameters } from '../../../src/train/modelState.ts';
import { takeStateOfFirst } from '../../../src/train/parallel/sameState.ts';
import { onRanks } from '../../ranks/ranksInMemory.ts';
import { notes, smallTraining } from '../smallTraining.ts';

const settings = ['log.every=1', 'train.steps=6', 'train.batchSize=2', 'train.accumulate=12'];
const open = async (ranks: Communicator, shard: boolean): Promise<Training> =>
  smallTraining(await openCpu({ threads: 1 }), [...settings, `train.shardOptimizer=${shard}`], ranks);

const weightsOf = async ({ model }: Training): Promise<HostTensors> => readParameters(model.parameters);

test('a shared optimizer gives the same bits, on all ranks', async () => {
  for (const size of [2, 3, 4]) {
    const [plain, shared] = await Promise.all(
      [false, true].map((shard) =>
        onRanks(size, async (ranks) => {
          const training = await open(ranks, shard);
          const seen = notes();
          await train(training, 0, seen);
          return { losses: seen.losses, weights: await weightsOf(training) };
        }),
      ),
    );
    assert.equal(shared, plain, `${size} ranks`);
  }
});

test('each rank keeps its part of the moments and no more', async () => {
  const live = (shard: boolean): Promise<number[]> =>
    onRanks(4, async (ranks) => {
      const { device, optimizer } = await open(ranks, shard);
      assert.is(optimizer.isShared, shard);
      return device.memory.live;
    });
  const { model } = await open(alone, false);
  const moments = 2 * 4 * model.parameters.arenas.reduce((sum, { weights }) => sum + weights.size, 0);
  const [plain, shared] = [await live(false), await live(true)];
  for (const [rank, bytes] of shared.entries()) {
    const saved = plain[rank] - bytes;
    assert.ok(Math.abs(saved / moments - 3 / 4) < 0.04, `rank ${rank} saves ${saved} of ${moments} bytes`);
  }
});

test('its state is that of one process, and ranks of another number go on from it', async () => {
  const gone = async (size: number, shard: boolean) => {
    const [first] = await onRanks(size, async (ranks) => {
      const training = await open(ranks, shard);
      await train(
        { ...training, config: { ...training.config, train: { ...training.config.train, steps: 3 } } },
        0,
        notes(),
      );
      return { weights: await weightsOf(training), state: await training.optimizer.state() };
    });
    return first;
  };
  const { weights, state } = await gone(2, true);
  const plain = await gone(2, false);
  assert.equal(state.tensors, plain.state.tensors);

  const goOn = (shard: boolean): Promise<HostTensors[]> =>
    onRanks(3, async (ranks) => {
      const training = await open(ranks, shard);
      const { device, model, optimizer } = training;
      if (ranks.rank === 0) {
        writeParameters(model.parameters, weights);
        optimizer.restore(state);
      } else optimizer.goOnFrom(state.steps);
      const moments = ranks.rank === 0 ? state.tensors : undefined;
      await takeStateOfFirst(ranks, device, model.parameters, optimizer, true, moments);
      await train(training, 3, notes());
      return weightsOf(training);
    });
  assert.equal(await goOn(true), await goOn(false));
});

test.run();
