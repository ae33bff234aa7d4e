import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import type { Communicator } from '../../../src/ranks/communicator.ts';
import { resolveConfig } from '../../../src/train/config/resolveConfig.ts';
import { ranksBench } from '../../../src/train/measure/ranksBench.ts';
import { messageOf } from '../../messageOf.ts';
import { onRanks } from '../../ranks/ranksInMemory.ts';

const config = (accumulate: number) =>
  resolveConfig(
    `
data: { sequenceLength: 16 }
model: { layers: 1, embeddingSize: 128, heads: 2, feedForwardSize: 128 }
train: { batchSize: 1, accumulate: ${accumulate} }
`,
    'x.yaml',
    [],
  );

const LATE = 30;

/** Ranks whose sums of gradients end late. */
const late = (ranks: Communicator): Communicator => ({
  ...ranks,
  startSum(numbers) {
    const sum = ranks.startSum(numbers);
    return {
      advance: () => false,
      end: () => sum.end().then(() => new Promise((resolve) => setTimeout(resolve, LATE))),
    };
  },
});

test('ranks time their steps together, and say what each piece of gradients was waited for', async () => {
  const vocabSize = 9000; // so that there are several pieces
  const results = await onRanks(2, async (ranks) =>
    ranksBench(config(2), vocabSize, await openCpu({ threads: 1 }), 1, late(ranks)),
  );
  for (const { ranks, tokensPerSecond, millisecondsPerStep, pieces, peakMemory } of results) {
    assert.is(ranks, 2);
    assert.ok(Math.abs(tokensPerSecond * millisecondsPerStep - 1000 * 2 * 16) < 1, 'tokens of both');
    assert.ok(pieces.length >= 2);
    const numbers = pieces.reduce((sum, { bytes }) => sum + bytes / 4, 0);
    assert.ok(numbers >= 2 * vocabSize * 128, 'of all parameters');
    for (const { millisecondsWaited } of pieces) assert.ok(millisecondsWaited >= LATE - 1);
    assert.ok(millisecondsPerStep >= LATE * pieces.length - 1);
    assert.ok(peakMemory > 4 * numbers);
  }
});

test('ranks that cannot share a step equally are refused', async () => {
  const device = await openCpu({ threads: 1 });
  const [message] = await onRanks(2, (ranks) => messageOf(() => ranksBench(config(3), 100, device, 1, ranks)));
  assert.match(message, 'train.accumulate is 3, which 2 ranks cannot share equally');
});

test.run();
