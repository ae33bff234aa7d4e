import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Unigram } from '../../src/data/unigram.ts';

test('the loss is the mean negative log of the add-one-smoothed frequency', () => {
  const unigram = new Unigram(Float64Array.from([0, 7, 1, 0])); // of 12: 1, 8, 2, 1
  const expected = -(Math.log(8 / 12) + Math.log(8 / 12) + Math.log(1 / 12)) / 3;
  assert.ok(Math.abs(unigram.loss(Int32Array.from([1, 1, 3])) - expected) < 1e-12);
});

test('the probabilities sum to one', () => {
  const unigram = new Unigram(Float64Array.from([0, 7, 1, 0]));
  const sum = [0, 1, 2, 3].reduce((total, id) => total + Math.exp(-unigram.loss(Int32Array.of(id))), 0);
  assert.ok(Math.abs(sum - 1) < 1e-12);
});

test.run();
