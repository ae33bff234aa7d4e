import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveConfig } from '../../../src/train/config/resolveConfig.ts';
import { expectEqualShares, microBatchesOf } from '../../../src/train/parallel/microBatches.ts';
import { messageOf } from '../../messageOf.ts';

const refusal = (size: number, accumulate: number, batchSize: number): Promise<string> => {
  const config = resolveConfig(`train: { accumulate: ${accumulate}, batchSize: ${batchSize} }`, 'x.yaml', []);
  return messageOf(() => expectEqualShares(size, config));
};

test('ranks deal micro-batches out in turns, all of them once', () => {
  const shares = [0, 1, 2].map((rank) => microBatchesOf({ rank, size: 3 }, 6));
  assert.equal(shares, [
    [0, 3],
    [1, 4],
    [2, 5],
  ]);
  assert.equal(microBatchesOf({ rank: 0, size: 1 }, 3), [0, 1, 2]);
});

test('ranks that divide train.accumulate may share it', () => {
  for (const size of [1, 2, 3, 6]) expectEqualShares(size, resolveConfig('train: { accumulate: 6 }', 'x.yaml', []));
});

test('others are told what would do without another batch a step', async () => {
  assert.is(
    await refusal(4, 1, 32),
    'train.accumulate is 1, which 4 ranks cannot share equally; write train.accumulate: 4 and train.batchSize: 8, which leaves the batch of a step at 32 sequences; or start 1 rank',
  );
  assert.match(await refusal(4, 6, 4), 'write train.accumulate: 8 and train.batchSize: 3,');
  assert.match(await refusal(4, 6, 4), 'or start 1, 2, 3 or 6 ranks');
  assert.match(await refusal(3, 2, 8), 'start 1 or 2 ranks, or make train.accumulate a multiple of 3');
});

test.run();
