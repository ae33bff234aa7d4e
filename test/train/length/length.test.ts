import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveConfig } from '../../../src/train/config/resolveConfig.ts';
import { LowestLoss } from '../../../src/train/length/lowestLoss.ts';
import { microBatchesAt, microBatchesBefore, stepsFor } from '../../../src/train/length/microBatches.ts';
import { isOver, rates, runLength } from '../../../src/train/length/runLength.ts';
import { TrainingClock } from '../../../src/train/length/trainingClock.ts';

const text = { train: { sequences: 100, stepsPerEpoch: 10 }, statistics: { trainTokens: 2800 } };
const lengthOf = (settings: string, more = '') =>
  runLength(
    resolveConfig(`train: { batchSize: 10, ${settings} }\ndata: { sequenceLength: 30, ${more} }`, 'x.yaml'),
    text,
  );

test('tokens and epochs are the steps that take as many, or a part of a step more', () => {
  assert.equal(lengthOf('steps: 7'), { steps: 7 });
  assert.equal(lengthOf('tokens: 3000'), { steps: 10 });
  assert.equal(lengthOf('tokens: 3001'), { steps: 11 });
  assert.equal(lengthOf('tokens: 3000, accumulate: 4'), { steps: 3 });
  assert.equal(lengthOf('tokens: 3000', 'packing: false'), { steps: 10 }); // 2800 and [CLS] and [SEP] of 100 sequences
  assert.equal(lengthOf('epochs: 2.5'), { steps: 25 });
  assert.equal(lengthOf('epochs: 1, accumulate: 3'), { steps: 4 });
  assert.equal(lengthOf('minutes: 1.5'), { seconds: 90 });
});

test('by the clock the rate goes through its schedule as the seconds do, and never leaves it', () => {
  const config = resolveConfig(
    'train: { minutes: 1, optimizer: { learningRate: 0.1 }, schedule: { name: linear, warmup: 0.1 } }',
    'x.yaml',
  );
  const rateAt = rates(config, { seconds: 60 });
  const near = (found: number, expected: number): void =>
    assert.ok(Math.abs(found - expected) < 1e-6, `${found}, expected ${expected}`);
  near(rateAt(1, 3), 0.05);
  near(rateAt(2, 6), 0.1);
  near(rateAt(3, 33), 0.05);
  near(rateAt(4, 60), 0);
  assert.is(rateAt(5, 61), rateAt(4, 60));
  assert.ok(rateAt(1, 0) > 0);
  assert.is(isOver({ seconds: 60 }, 1000, 59.9), false);
  assert.is(isOver({ seconds: 60 }, 1, 60), true);
});

test('the clock leaves out pauses, and goes on from the seconds of a resumed run', () => {
  let now = 5000;
  const clock = new TrainingClock(10, () => now);
  now += 5000;
  assert.is(clock.seconds, 10);
  clock.start();
  now += 2500;
  assert.is(clock.seconds, 12.5);
  clock.stop();
  now += 60_000;
  clock.start();
  now += 500;
  assert.is(clock.seconds, 13);
});

test('micro-batches grow by equal parts from one to all, whatever the two numbers are', () => {
  for (const accumulate of [1, 2, 3, 8])
    for (const batchWarmup of [0, 1, 5, 7, 24]) {
      const batching = { accumulate, batchWarmup };
      let before = 0;
      let last = 1;
      for (let step = 1; step <= 40; step++) {
        const count = microBatchesAt(batching, step);
        assert.is(microBatchesBefore(batching, step), before);
        assert.ok(count >= last && count <= accumulate, `${accumulate} over ${batchWarmup}: ${count} at step ${step}`);
        if (step >= batchWarmup) assert.is(count, accumulate);
        else assert.is(count, Math.ceil((accumulate * step) / batchWarmup));
        for (let more = 1; more <= count; more++) assert.is(stepsFor(batching, before + more), step);
        before += count;
        last = count;
      }
    }
});

test('a validation is the best if it is lower, and counts as better if it is so by more than minDelta', () => {
  const lowest = new LowestLoss();
  assert.equal(
    [5, 4, 3.95, 3.92, 4.5].map((loss, i) => lowest.note(i + 1, loss, 0.1)),
    [true, true, true, true, false],
  );
  assert.equal(lowest.state, { step: 4, loss: 3.92, worse: 3 });
  assert.is(lowest.isExhausted(0), false);
  assert.is(lowest.isExhausted(4), false);
  assert.is(lowest.isExhausted(3), true);
  const resumed = new LowestLoss(lowest.state);
  assert.is(resumed.note(6, 3.8, 0.1), true);
  assert.equal(resumed.state, { step: 6, loss: 3.8, worse: 0 });
});

test.run();
