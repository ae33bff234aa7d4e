import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { permutation } from '../../../src/data/batches/permutation.ts';

const all = (key: string, size: number): number[] => Array.from({ length: size }, (_, i) => permutation(key, size)(i));

test('every size gives a permutation', () => {
  for (let size = 1; size <= 300; size++)
    assert.equal(
      all(`size ${size}`, size).toSorted((a, b) => a - b),
      Array.from({ length: size }, (_, i) => i),
    );
});

test('the same key gives the same order, another key another', () => {
  assert.equal(all('a', 100), all('a', 100));
  assert.not.equal(all('a', 100), all('b', 100));
});

test('each index goes to each place about equally often', () => {
  const size = 10;
  const keys = 5000;
  const counts = Array.from({ length: size }, () => new Int32Array(size));
  for (let key = 0; key < keys; key++) {
    const place = permutation(`key ${key}`, size);
    for (let i = 0; i < size; i++) counts[i][place(i)]++;
  }
  // Expected 500 each, standard deviation 21.
  for (const row of counts) for (const count of row) assert.ok(Math.abs(count - 500) < 110, String(count));
});

test('neighbours land far from each other', () => {
  const size = 10_000;
  const place = permutation('neighbours', size);
  let distance = 0;
  for (let i = 0; i + 1 < size; i++) distance += Math.abs(place(i + 1) - place(i)) / (size - 1);
  assert.ok(Math.abs(distance / size - 1 / 3) < 0.01, String(distance / size));
});

test('sizes beyond 32 bits stay in range and apart', () => {
  const size = 2 ** 40 + 7;
  const place = permutation('large', size);
  const places = Array.from({ length: 1000 }, (_, i) => place(size - 1 - i));
  assert.ok(places.every((value) => Number.isInteger(value) && value >= 0 && value < size));
  assert.is(new Set(places).size, 1000);
});

test.run();
