import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mostSimilar } from '../../../src/train/embed/mostSimilar.ts';
import { messageOf } from '../../messageOf.ts';

test('the most similar rows come first, whatever their lengths; equal ones in their order', () => {
  const rows = Float32Array.of(0, 5, 3, 4, -2, 0, 0.5, 0, 9, 0, 0, 0);
  const found = mostSimilar(Float32Array.of(2, 0), rows, 6);
  assert.equal(
    found.map(({ row }) => row),
    [3, 4, 1, 0, 5, 2],
  );
  assert.equal(
    found.map(({ cosine }) => Number(cosine.toFixed(4))),
    [1, 1, 0.6, 0, 0, -1],
  );
  assert.is(mostSimilar(Float32Array.of(2, 0), rows, 2).length, 2);
});

test('a query of zeros is like none', () => {
  assert.is(mostSimilar(new Float32Array(2), Float32Array.of(1, 2), 1)[0].cosine, 0);
});

test('values that are no whole rows are refused', async () => {
  assert.match(
    await messageOf(() => mostSimilar(new Float32Array(2), new Float32Array(3), 1)),
    /3 values are no rows of 2/,
  );
});

test.run();
