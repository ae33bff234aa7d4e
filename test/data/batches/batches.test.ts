import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Batch, Batches } from '../../../src/data/batches/batch.ts';
import { assembleData } from '../../../src/data/assembleData.ts';
import type { BatchOptions } from '../../../src/data/dataOptions.ts';
import type { OpenedData } from '../../../src/data/openedData.ts';
import { memoryTokenStore } from '../../../src/data/store/tokenStore.ts';
import { batchOptions, masking } from '../dataOptions.ts';
import { rejects } from '../rejects.ts';
import { smallTokenizer } from '../smallTokenizer.ts';

const VOCABULARY = 4000;
const tokenizer = smallTokenizer(VOCABULARY);

/** Documents in which every token is another, so that a token tells where it came from. */
function data(sizes: readonly number[], options: Partial<BatchOptions> = {}): Promise<OpenedData> {
  const tokens = sizes.reduce((a, b) => a + b);
  const ids = Int32Array.from({ length: tokens }, (_, i) => 5 + i);
  let end = 0;
  const offsets = Float64Array.of(0, ...sizes.map((size) => (end += size)));
  return assembleData(tokenizer, memoryTokenStore(ids, offsets, VOCABULARY), { ...batchOptions, ...options }, () => {});
}
const sizes = [700, 30, 900, 5, 1200, 400, 12, 300]; // 3547

/** The ids before masking. */
function unmasked({ ids, positions, labels }: Batch): Int32Array {
  const result = ids.slice();
  for (const [i, at] of positions.entries()) result[at] = labels[i];
  return result;
}
const epoch = (batches: Batches, first = 0): Promise<Batch[]> =>
  Promise.all(Array.from({ length: batches.stepsPerEpoch }, (_, i) => batches.at(first + i)));
const ordinary = (batches: Batch[]): number[] =>
  batches.flatMap((batch) => [...unmasked(batch)]).filter((id) => id >= 5);

/** Packed; one sequence a row; sequences end to end. */
const layouts = {
  packed: { packing: true, padding: false },
  padded: { packing: false, padding: true },
  unpadded: { packing: false, padding: false },
} as const;

for (const [name, layout] of Object.entries(layouts))
  test(`${name}: no token is in both training and validation, none twice, few are dropped`, async () => {
    const { train, validation } = await data(sizes, layout);
    const trained = ordinary(await epoch(train));
    const validated = ordinary(await epoch(validation));
    assert.is(new Set([...trained, ...validated]).size, trained.length + validated.length);
    // Packed, the tails are dropped; training also drops what does not fill a batch.
    const most = name === 'unpadded' ? 64 + 64 : 3 * 15 + 15 + 15;
    assert.ok(trained.length + validated.length >= 3547 - most, `${trained.length} + ${validated.length}`);
  });

test('a batch says the same thing in all its arrays', async () => {
  for (const { packing, padding } of [layouts.packed, layouts.padded])
    for (const textSegment of [0, 1] as const) {
      const { train } = await data(sizes, { packing, padding, textSegment });
      for (const batch of await epoch(train)) {
        assert.is(batch.batch, 4);
        assert.is(batch.length, 16);
        for (const array of [batch.ids, batch.segments]) assert.is(array.length, 64);
        assert.is(batch.spans.length, 128);
        assert.is(batch.positions.length, batch.labels.length);
        assert.ok(batch.positions.length > 0);
        assert.ok(batch.positions.every((at, i) => i === 0 || at > batch.positions[i - 1]));
        assert.ok(batch.labels.every((id) => id >= 5));
        const original = unmasked(batch);
        for (let row = 0; row < 4; row++) {
          const ids = original.subarray(row * 16, row * 16 + 16);
          const size = ids.includes(0) ? ids.indexOf(0) : 16;
          assert.is(ids[0], 2);
          assert.ok(ids.subarray(size).every((id) => id === 0));
          if (!packing) assert.is(ids[size - 1], 3);
          for (let at = 0; at < 16; at++) {
            const flat = row * 16 + at;
            assert.is(batch.segments[flat], at < size ? textSegment : 0);
            assert.equal([...batch.spans.subarray(flat * 2, flat * 2 + 2)], at < size ? [0, size] : [0, 0]);
          }
        }
        assert.is(batch.tokens, original.filter((id) => id !== 0).length);
      }
    }
});

test('without padding a batch is one row, full but for a few tokens, in which each token knows its sequence', async () => {
  const { train, validation } = await data(sizes, { ...layouts.unpadded, textSegment: 1 });
  const trained = await epoch(train);
  assert.ok(trained.reduce((sum, { tokens }) => sum + tokens, 0) > 0.95 * 64 * trained.length);
  for (const batches of [trained, await epoch(validation)])
    for (const batch of batches) {
      assert.equal([batch.batch, batch.length], [1, 64]);
      const original = unmasked(batch);
      assert.ok(batch.tokens <= 64);
      assert.is(batch.tokens, original.filter((id) => id !== 0).length);
      for (let at = 0; at < 64; at++) {
        const span = [...batch.spans.subarray(at * 2, at * 2 + 2)];
        const [start, end] = at < batch.tokens ? [original.lastIndexOf(2, at), original.indexOf(3, at) + 1] : [0, 0];
        assert.equal(span, [start, end]);
        assert.is(batch.segments[at], at < batch.tokens ? 1 : 0);
      }
    }
});

for (const [name, layout] of Object.entries(layouts))
  test(`${name}: a step is a pure function of the seed: any order of asking, any other instance`, async () => {
    const a = await data(sizes, layout);
    const b = await data(sizes, layout);
    const other = await data(sizes, { ...layout, seed: 43 });
    const forwards = await Promise.all([0, 5, 99, 1000].map((step) => a.train.at(step)));
    const backwards = await Promise.all([1000, 99, 5, 0].map((step) => b.train.at(step)));
    assert.equal(forwards, backwards.toReversed());
    assert.not.equal((await other.train.at(5)).ids, forwards[1].ids);
  });

test('each epoch has its own order and its own masks', async () => {
  const { train } = await data(sizes);
  const [first, second] = [await epoch(train), await epoch(train, train.stepsPerEpoch)];
  assert.not.equal(unmasked(first[0]), unmasked(second[0]));
  const sequence = (batches: Batch[]): Map<string, string> =>
    new Map(
      batches.flatMap((batch) => {
        const original = unmasked(batch);
        return [0, 16, 32, 48].map((at) => [
          original.subarray(at, at + 16).join(),
          batch.ids.subarray(at, at + 16).join(),
        ]);
      }),
    );
  const [a, b] = [sequence(first), sequence(second)];
  const both = [...a].filter(([key]) => b.has(key));
  assert.ok(both.length > a.size * 0.9);
  assert.ok(both.filter(([key, masked]) => b.get(key) === masked).length < both.length * 0.2);
});

test('validation is the same at every pass, for every batch size and however training masks', async () => {
  const all = async (options: Partial<BatchOptions>): Promise<number[][]> => {
    const { validation } = await data(sizes, options);
    const batches = await epoch(validation);
    return [batches.flatMap(({ ids }) => Array.from(ids)), batches.flatMap(({ labels }) => Array.from(labels))];
  };
  const expected = await all({});
  assert.equal(await all({ batchSize: 7 }), expected);
  assert.equal(await all({ batchSize: 1 }), expected);
  assert.equal(await all({ masking: { ...masking, probability: 0.4, wholeWord: true, choice: 'exact' } }), expected);
  assert.not.equal(await all({ validationProbability: 0.5 }), expected);
  const { validation } = await data(sizes);
  assert.equal(await validation.at(1), await validation.at(1 + validation.stepsPerEpoch));
});

test('validation has the same sequences and masks with padding and without', async () => {
  const masked = async (layout: Partial<BatchOptions>): Promise<string[]> => {
    const batches = await epoch((await data(sizes, layout)).validation);
    return batches.flatMap(sequencesOf).toSorted();
  };
  const [padded, unpadded] = [await masked(layouts.padded), await masked(layouts.unpadded)];
  assert.ok(padded.length > 10);
  assert.equal(unpadded, padded);
});

/** The masked ids of each sequence. */
function sequencesOf({ ids, spans, length }: Batch): string[] {
  return Array.from(ids.keys()).flatMap((at) => {
    const [start, end] = [spans[2 * at], spans[2 * at + 1]];
    return start < end && start === at % length ? [ids.subarray(at, at + end - start).join()] : [];
  });
}

test('validation keeps a last, smaller batch', async () => {
  const { validation } = await data(sizes, { batchSize: 5 });
  const batches = await epoch(validation);
  assert.is(
    batches.reduce((sum, { batch }) => sum + batch, 0),
    validation.sequences,
  );
  assert.ok(validation.sequences % 5 !== 0);
  assert.is(batches.at(-1)!.batch, validation.sequences % 5);
});

test('a batch is never without a mask', async () => {
  const { train } = await data(sizes, { masking: { ...masking, probability: 0.001 } });
  const counts = (await epoch(train)).map(({ positions }) => positions.length);
  assert.ok(counts.every((count) => count >= 1));
  assert.ok(counts.filter((count) => count === 1).length > counts.length / 2);
});

test('a batch of nothing but special tokens gets an error', async () => {
  const ids = new Int32Array(500).fill(1, 0, 440).fill(5, 440);
  const store = memoryTokenStore(ids, Float64Array.of(0, 500), VOCABULARY);
  const { train } = await assembleData(tokenizer, store, { ...batchOptions, batchSize: 1 }, () => {});
  const step = (await Promise.allSettled(Array.from({ length: 28 }, (_, i) => train.at(i)))).findIndex(
    ({ status }) => status === 'rejected',
  );
  await rejects(() => train.at(step), /nothing but special tokens, so nothing to learn/);
});

test('one document serves for training and validation', async () => {
  const { statistics, train, validation } = await data([3000]);
  assert.equal([statistics.trainTokens, statistics.validationTokens], [2700, 300]);
  assert.ok(train.sequences > 0 && validation.sequences > 0);
});

test('the baseline knows the training tokens only', async () => {
  const { baseline, validation, train } = await data(sizes);
  const [seen, unseen] = [(await train.at(0)).labels, (await validation.at(0)).labels];
  const total = VOCABULARY + 3192; // each of the training tokens occurs once
  assert.ok(Math.abs(baseline.frequencyLoss(seen) - Math.log(total / 2)) < 1e-9);
  assert.ok(Math.abs(baseline.frequencyLoss(unseen) - Math.log(total)) < 1e-9);
});

test('a corpus too small says how many tokens there are and how many are needed', async () => {
  await rejects(() => data([60]), /too small: training has 54 tokens \(3 sequences\), 60 tokens are needed for 4 x 16/);
  await rejects(
    () => data([100], { validation: 0.02 }),
    /validation \(0\.02 of the corpus\) has 2 tokens \(0 sequences\), 15 tokens are needed/,
  );
  await rejects(() => data([20], layouts.padded), /training has 18 tokens \(2 sequences\), 4 sequences are needed/);
  await rejects(
    () => data([20], layouts.unpadded),
    /training has 18 tokens \(2 sequences\), 64 with \[CLS\] and \[SEP\] are needed for 4 x 16/,
  );
});

test.run();
