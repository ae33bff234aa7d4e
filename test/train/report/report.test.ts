import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configRows, differs } from '../../../src/train/report/configDifferences.ts';
import { histogramsOf } from '../../../src/train/report/histogram.ts';
import { quantile } from '../../../src/train/report/quantile.ts';
import { reportData } from '../../../src/train/report/reportData.ts';
import { thinned } from '../../../src/train/report/thinned.ts';
import { recordOf } from './recordSample.ts';

test('few values stay as they are', () => {
  assert.equal(thinned([3, 1, 2], 3), [0, 1, 2]);
  assert.equal(thinned([], 10), []);
});

test('of many values the ends, and each peak and valley, stay', () => {
  const values = Array.from({ length: 100_000 }, (_, i) => Math.sin(i / 5000) + (i % 2) / 100);
  values[31_415] = 9;
  values[77_777] = -9;
  const kept = thinned(values, 1000);
  assert.ok(kept.length <= 1000 && kept.length > 500, String(kept.length));
  for (const index of [0, 99_999, 31_415, 77_777]) assert.ok(kept.includes(index), String(index));
  assert.equal(
    kept,
    kept.toSorted((a, b) => a - b),
  );
});

test('the metrics of 20,000 steps become curves of at most a thousand points', () => {
  const record = recordOf(20_000);
  const { runs, groups, stepTimes } = reportData([{ name: 'long', group: 'long', record }]);
  assert.equal(groups, ['long']);
  const [{ curves, clipNorm, contextFreeLoss }] = runs;
  const { training } = curves;
  assert.ok(training && training.values.length <= 1000 && training.values.length > 500);
  assert.is(training.steps.length, training.values.length);
  assert.is(training.minutes.length, training.values.length);
  assert.is(training.steps.at(-1), 20_000);
  assert.is(training.tokens?.at(-1), 16 * 2 * 32 * 20_000);
  assert.equal([clipNorm, contextFreeLoss], [1, 5.5]);
  assert.is(
    stepTimes?.counts[0].reduce((sum, count) => sum + count, 0),
    record.metrics.stepTimes.length,
  );
});

test('tokens are counted by what steps train on, also while their batches grow', () => {
  const record = recordOf(40);
  const { config } = record;
  if (!config || !('accumulate' in config.train)) throw new Error('no config of pretraining');
  const grown = { ...config, train: { ...config.train, accumulate: 4, batchWarmup: 4 } } as typeof config;
  const tokensOf = (config: typeof record.config): readonly number[] | undefined =>
    reportData([{ name: 'run', group: 'run', record: { ...record, config } }]).runs[0].curves.training?.tokens;
  const each = 16 * 32;
  assert.equal(
    tokensOf(grown)?.slice(0, 6),
    [1, 1 + 2, 1 + 2 + 3, 10, 14, 18].map((batches) => batches * each),
  );
  assert.is(tokensOf({ ...config, data: { ...config.data, packing: false } } as typeof config), undefined);
  assert.is(tokensOf(undefined), undefined);
});

test('quantiles lie between their neighbours', () => {
  assert.is(quantile([1, 2, 3, 4], 0.5), 2.5);
  assert.is(quantile([1, 2, 3], 1), 3);
  assert.is(quantile([7], 0.95), 7);
  assert.ok(Number.isNaN(quantile([], 0.5)));
});

test('a histogram counts all values of each group, the slowest in its last bin', () => {
  const values = [...Array.from({ length: 199 }, (_, i) => 40 + i / 20), 5000];
  const { edges, counts } = histogramsOf([values, [41]]) ?? { edges: [], counts: [] };
  assert.is(edges.length, counts[0].length + 1);
  assert.ok((edges.at(-1) ?? 0) < 60, 'the slowest does not stretch the axis');
  assert.equal(
    counts.map((bins) => bins.reduce((sum, count) => sum + count, 0)),
    [200, 1],
  );
  assert.is(histogramsOf([[], []]), undefined);
  assert.is(histogramsOf([[5, 5]])?.counts[0][0], 2, 'of equal values');
});

test('keys of configs that differ are found, whatever they are in', () => {
  const rows = configRows([
    { seed: 1, train: { steps: 10, betas: [1, 2] } },
    { seed: 1, train: { steps: 20, betas: [1, 2] }, only: { here: true } },
    undefined,
  ]);
  assert.equal(
    rows.map(({ key, values }) => [key, ...values]),
    [
      ['seed', '1', '1', undefined],
      ['train.steps', '10', '20', undefined],
      ['train.betas', '[1,2]', '[1,2]', undefined],
      ['only.here', undefined, 'true', undefined],
    ],
  );
  assert.equal(
    configRows([
      { a: 1, b: 2 },
      { a: 1, b: 3 },
    ])
      .filter(differs)
      .map(({ key }) => key),
    ['b'],
  );
});

test.run();
