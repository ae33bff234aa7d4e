import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assembleSources } from '../../../src/data/assembleData.ts';
import type { Batch, Batches } from '../../../src/data/batches/batch.ts';
import { mixedOrder } from '../../../src/data/batches/mixedOrder.ts';
import { turns } from '../../../src/data/batches/turns.ts';
import type { BatchOptions } from '../../../src/data/dataOptions.ts';
import type { OpenedData } from '../../../src/data/openedData.ts';
import { memoryTokenStore } from '../../../src/data/store/tokenStore.ts';
import type { TokenStore } from '../../../src/data/store/tokenStore.ts';
import { batchOptions } from '../dataOptions.ts';
import { rejects } from '../rejects.ts';
import { smallTokenizer } from '../smallTokenizer.ts';

const VOCABULARY = 4000;
const tokenizer = smallTokenizer(VOCABULARY);

/** A document of so many tokens, each another, from `first` on. */
const storeOf = (first: number, size: number): TokenStore =>
  memoryTokenStore(
    Int32Array.from({ length: size }, (_, i) => first + i),
    [0, size],
    VOCABULARY,
  );
const stores = (): [TokenStore, TokenStore] => [storeOf(10, 1000), storeOf(2000, 500)];

async function mixed(
  weights: readonly [number, number],
  options: Partial<BatchOptions> = {},
  validation?: TokenStore,
): Promise<OpenedData> {
  const train = stores().map((store, i) => ({ store, weight: weights[i] }));
  const sources = validation ? { train, validation } : { train };
  return assembleSources(tokenizer, sources, { ...batchOptions, ...options }, () => {});
}

/** The ordinary ids of batches before masking. */
async function idsOf(batches: Batches, from: number, to: number): Promise<number[]> {
  const all: Batch[] = [];
  for (let step = from; step < to; step++) all.push(await batches.at(step));
  return all.flatMap(({ ids, positions, labels }) => {
    const before = ids.slice();
    for (const [i, at] of positions.entries()) before[at] = labels[i];
    return Array.from(before).filter((id) => id >= 10);
  });
}
const shareOfSecond = (ids: readonly number[]): number => ids.filter((id) => id >= 2000).length / ids.length;

test('turns are spread evenly, by weight, and end when all are used', () => {
  const first = (count: number, all: Iterable<number>): number[] => {
    const result: number[] = [];
    for (const part of all) if (result.push(part) === count) break;
    return result;
  };
  assert.equal(first(6, turns([2, 1])), [0, 1, 0, 0, 1, 0]);
  assert.is(first(1000, turns([0.9, 0.1])).filter((part) => part === 1).length, 100);
  assert.equal([...turns([1, 1], [1, 3])], [0, 1, 1, 1]);
});

test('the order is a function of seed and place; each text gives all of its sequences once an epoch of its own', () => {
  const order = mixedOrder([7, 30], [2, 1], 5);
  const again = mixedOrder([7, 30], [2, 1], 5);
  const places = Array.from({ length: 40_000 }, (_, place) => order(place));
  for (const place of [39_999, 0, 17_000, 12]) assert.is(again(place), places[place]);
  const drawn = [places.filter((one) => one < 7), places.filter((one) => one >= 7).map((one) => one - 7)];
  assert.ok(Math.abs(drawn[0].length / 40_000 - 2 / 3) < 1e-3);
  for (const [text, count] of [7, 30].entries()) {
    const epochs = Array.from({ length: 20 }, (_, i) => drawn[text].slice(i * count, (i + 1) * count));
    for (const epoch of epochs) assert.is(new Set(epoch).size, count);
    assert.is.not(epochs[0].join(), epochs[1].join());
  }
  assert.is.not(
    Array.from({ length: 40 }, (_, place) => mixedOrder([7, 30], [2, 1], 6)(place)).join(),
    places.slice(0, 40).join(),
  );
});

for (const layout of [{}, { packing: false, padding: true }, { packing: false }])
  test(`each text has its share of what is trained on, from any step on: ${JSON.stringify(layout)}`, async () => {
    for (const weights of [
      [1, 1],
      [1, 9],
    ] as const) {
      const { train } = await mixed(weights, layout);
      const share = shareOfSecond(await idsOf(train, 0, 100));
      assert.ok(Math.abs(share - weights[1] / (weights[0] + weights[1])) < 0.03, `${share}`);
      const other = await mixed(weights, layout);
      assert.equal(await other.train.at(90), await train.at(90)); // without the batches before it
      assert.equal(await train.at(3), await other.train.at(3)); // and back
    }
  });

test('a mixture validates on a share of each text, in the proportions of training, and trains on none of it', async () => {
  const data = await mixed([1, 1], { validation: 0.2 });
  const validated = await idsOf(data.validation, 0, data.validation.stepsPerEpoch);
  const trained = new Set(await idsOf(data.train, 0, 200));
  assert.equal(
    validated.filter((id) => trained.has(id)),
    [],
  );
  assert.ok(Math.abs(shareOfSecond(validated) - 1 / 3) < 0.1);
  assert.ok(Math.abs(shareOfSecond(await idsOf(data.validation, 0, 2)) - 1 / 2) < 0.1);
  assert.equal(
    data.statistics.mixture.map(({ share }) => share),
    [0.5, 0.5],
  );
  assert.is(data.statistics.trainTokens, 1200);
  const half = data.baseline.frequencyLoss(Int32Array.of(2001)) - data.baseline.frequencyLoss(Int32Array.of(11));
  assert.ok(half < -0.2, 'the rarer text counts as much as the other'); // its tokens are twice as frequent
});

test('a text of its own to validate on is taken whole, and what is trained on loses nothing to it', async () => {
  const notices: string[] = [];
  const [store] = stores();
  const validation = storeOf(900, 300); // of which training has 110
  const sources = { train: [{ store, weight: 1 }], validation };
  const data = await assembleSources(
    tokenizer,
    sources,
    batchOptions,
    (event) => 'notice' in event && notices.push(event.notice),
  );
  assert.is(data.statistics.trainTokens, 1000);
  assert.is(data.statistics.validationTokens, 300);
  assert.ok((await idsOf(data.validation, 0, data.validation.stepsPerEpoch)).every((id) => id >= 900 && id < 1200));
  assert.equal(notices, []);
  const same = { train: [{ store, weight: 1 }], validation: storeOf(10, 1000) };
  await assembleSources(tokenizer, same, batchOptions, (event) => 'notice' in event && notices.push(event.notice));
  assert.match(notices[0], /^1 document \(100 % of the validation text\) has a duplicate in the training text/);
});

test('the fingerprint changes with every text, with weights and with what is validated on', async () => {
  const [a, b] = stores();
  const fingerprintOf = async (sources: Parameters<typeof assembleSources>[1]): Promise<string> =>
    (await assembleSources(tokenizer, sources, batchOptions, () => {})).fingerprint();
  const one = await fingerprintOf({ train: [{ store: a, weight: 3 }] });
  assert.is(one, await a.fingerprint());
  const fingerprints = await Promise.all([
    fingerprintOf({ train: [{ store: a, weight: 1 }, { store: b, weight: 1 }] }),
    fingerprintOf({ train: [{ store: a, weight: 1 }, { store: b, weight: 2 }] }),
    fingerprintOf({ train: [{ store: b, weight: 1 }, { store: a, weight: 1 }] }),
    fingerprintOf({ train: [{ store: a, weight: 1 }], validation: b }),
  ]); // prettier-ignore
  assert.is(new Set([one, ...fingerprints]).size, 5);
  assert.is(await fingerprintOf({ train: [{ store: a, weight: 2 }, { store: b, weight: 4 }] }), fingerprints[1]); // prettier-ignore
});

test('a text too small for a sequence is refused by the number of its pattern', async () => {
  const train = [{ store: storeOf(10, 1000), weight: 1 }, { store: storeOf(2000, 9), weight: 1 }]; // prettier-ignore
  await rejects(() => assembleSources(tokenizer, { train }, batchOptions, () => {}), /data\.corpus: too small: what pattern 2 of 2 matches fills no sequence/); // prettier-ignore
});

test.run();
