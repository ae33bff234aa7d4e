import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assembleData } from '../../../src/data/assembleData.ts';
import { documentParts } from '../../../src/data/batches/documentParts.ts';
import { duplicatesOf } from '../../../src/data/batches/duplicates.ts';
import { memoryTokenStore } from '../../../src/data/store/tokenStore.ts';
import type { TokenStore } from '../../../src/data/store/tokenStore.ts';
import { batchOptions } from '../dataOptions.ts';
import { smallTokenizer } from '../smallTokenizer.ts';

const VOCABULARY = 4000;

function storeOf(documents: readonly (readonly number[])[]): TokenStore {
  let end = 0;
  const offsets = Float64Array.of(0, ...documents.map(({ length }) => (end += length)));
  return memoryTokenStore(Int32Array.from(documents.flat()), offsets, VOCABULARY);
}

/** What is left of validation when it is the stretches `held` of documents a letter a token, joined by spaces. */
async function restOf(text: string, held: [number, number][]): Promise<string> {
  const store = storeOf(text.split(' ').map((document) => Array.from(document, (letter) => letter.charCodeAt(0))));
  const [{ count, tokens, rest }] = await duplicatesOf([{ store, validation: documentParts(held), trains: true }]);
  const letters = text.replaceAll(' ', '');
  return `${count} ${tokens} ${Array.from({ length: rest.count }, (_, i) => letters.slice(rest.startOf(i), rest.endOf(i))).join(' ')}`.trim();
}

test('documents that training has token for token are found, whatever their order', async () => {
  assert.is(await restOf('abc abd abc xyz', [[0, 3]]), '1 3');
  assert.is(await restOf('abc abd abc xyz', [[6, 9], [9, 12]]), '1 3 xyz'); // prettier-ignore
  assert.is(await restOf('abc abd', [[0, 3]]), '0 0 abc');
  assert.is(await restOf('abc ab cab', [[0, 3]]), '0 0 abc');
});

test('duplicates that are all in validation stay', async () => {
  assert.is(await restOf('abc abc xyz', [[0, 3], [3, 6]]), '0 0 abc abc'); // prettier-ignore
});

test('a document cut between the parts is no duplicate of itself, but may be one of others, and they of it', async () => {
  assert.is(await restOf('abcd xyz', [[2, 4]]), '0 0 cd');
  assert.is(await restOf('abcd xyz abcd', [[2, 4]]), '1 2');
  assert.is(await restOf('abcd abcd xyz', [[0, 4], [6, 8]]), '1 4 cd'); // prettier-ignore
});

test('documents of many blocks are told apart by any token', async () => {
  const long = Array.from({ length: 150_000 }, (_, i) => 5 + ((i * 7919) % 3000));
  for (const at of [0, 65_535, 65_536, 149_999]) {
    const other = long.with(at, 4);
    const validation = documentParts([[150_000, 300_000]]);
    const countIn = async (documents: number[][]): Promise<number> =>
      (await duplicatesOf([{ store: storeOf(documents), validation, trains: true }]))[0].count;
    assert.is(await countIn([long, other]), 0, `${at}`);
    assert.is(await countIn([other, other]), 1);
  }
});

const unlike = (document: number, length: number): number[] =>
  Array.from({ length }, (_, i) => 5 + ((i * 31 + document * 997) % 3900));

async function assembled(documents: readonly (readonly number[])[]) {
  const notices: string[] = [];
  const data = await assembleData(smallTokenizer(VOCABULARY), storeOf(documents), batchOptions, (event) => {
    if ('notice' in event) notices.push(event.notice);
  });
  return { data, notices };
}

test('validation leaves them out and says so; training has all that it had', async () => {
  const different = Array.from({ length: 40 }, (_, i) => unlike(i, 100));
  const plain = await assembled(different);
  assert.equal(plain.notices, []);
  const twice = await assembled(different.map((document, i) => (i % 2 === 0 ? document : different[i - 1])));
  const { statistics } = twice.data;
  assert.is(statistics.trainTokens, plain.data.statistics.trainTokens);
  const absent = Math.exp(twice.data.baseline.frequencyLoss(Int32Array.of(VOCABULARY - 1))); // 1 of all it counted, smoothed by one each
  assert.ok(Math.abs(absent - (statistics.trainTokens + VOCABULARY)) < 1e-6, `${absent}`);
  const [, count, share] =
    /^(\d+) documents? \((\d+) % of the validation text\) left out of validation: duplicates of training text$/.exec(
      twice.notices[0],
    ) ?? [];
  assert.ok(Number(count) >= 1 && Number(count) < 4, twice.notices[0]);
  assert.is(statistics.validationTokens, 400 - 100 * Number(count));
  assert.is(Number(share), 25 * Number(count));
  assert.is(twice.data.validation.sequences, Math.floor((statistics.validationTokens + 4 - Number(count)) / 15));
});

test('where nothing else is left they stay, and the notice says what the loss is worth', async () => {
  const { data, notices } = await assembled(Array.from({ length: 40 }, () => unlike(0, 100)));
  assert.is(data.statistics.validationTokens, 400);
  assert.equal(notices, [
    '4 documents (100 % of the validation text) have duplicates in the training text: the validation loss tells what the model remembers; remove the duplicates from data.corpus',
  ]);
});

test.run();
