import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Ascending } from '../../../src/data/store/ascending.ts';
import { splitDocuments, type Split } from '../../../src/data/batches/splitDocuments.ts';

const offsetsOf = (sizes: readonly number[]): Ascending => {
  let end = 0;
  return Ascending.of([0, ...sizes.map((size) => (end += size))]);
};
/** 1 where a position is in training, 2 in validation, 3 in both. */
const owners = ({ train, validation }: Split, tokens: number): number[] => {
  const owner = Array.from({ length: tokens }, () => 0);
  for (const [bit, { count, startOf, endOf }] of [
    [1, train],
    [2, validation],
  ] as const)
    for (let i = 0; i < count; i++) for (let at = startOf(i); at < endOf(i); at++) owner[at] += bit;
  return owner;
};

test('every token is in exactly one part, and validation has its exact share', () => {
  for (const sizes of [[100], [1, 1, 1], [5, 50, 500, 5000], Array.from({ length: 200 }, (_, i) => 1 + (i % 17))])
    for (const fraction of [0.02, 0.1, 0.5, 0.9])
      for (const seed of [1, 2, 3]) {
        const offsets = offsetsOf(sizes);
        const tokens = offsets.last();
        const split = splitDocuments(offsets, fraction, seed);
        const owner = owners(split, tokens);
        assert.ok(owner.every((value) => value === 1 || value === 2));
        assert.is(owner.filter((value) => value === 2).length, Math.round(fraction * tokens));
        assert.is(split.validation.tokens, Math.round(fraction * tokens));
        assert.is(split.train.tokens + split.validation.tokens, tokens);
      }
});

test('at most one document is cut', () => {
  const sizes = Array.from({ length: 100 }, (_, i) => 10 + i);
  const { train, validation } = splitDocuments(offsetsOf(sizes), 0.3, 7);
  assert.ok(train.count + validation.count <= 101);
});

test('the seed draws the documents', () => {
  const offsets = offsetsOf(Array.from({ length: 50 }, () => 10));
  const starts = (seed: number): number[] => {
    const { count, startOf } = splitDocuments(offsets, 0.2, seed).validation;
    return Array.from({ length: count }, (_, i) => startOf(i));
  };
  assert.equal(starts(1), starts(1));
  assert.not.equal(starts(1), starts(2));
  assert.not.equal(starts(1), [0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
});

test.run();
