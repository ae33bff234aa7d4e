import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HASH_RANGE, hash } from '../../src/kernels/random.ts';
import type { RandomKey } from '../../src/kernels/random.ts';
import { randomKey } from '../../src/autograd/parameters/randomKey.ts';

const COUNT = 200_000;
const draw = (key: RandomKey, from = 0): Float64Array =>
  Float64Array.from({ length: COUNT }, (_, i) => hash(key, from + i) / HASH_RANGE);
const first = draw(randomKey('1/dropout/TF.0/1'));
/** Five standard errors of the mean of `count` numbers with the given deviation. */
const noise = (deviation: number, count = COUNT): number => (5 * deviation) / Math.sqrt(count);

function correlation(a: Float64Array, b: Float64Array): number {
  return (12 * a.reduce((total, value, i) => total + (value - 0.5) * (b[i] - 0.5), 0)) / a.length;
}

test('the hash is an integer from 0 to 2^24 - 1', () => {
  for (const index of [0, 1, 2 ** 24 - 1, 2 ** 24, 2 ** 36 - 1]) {
    const value = hash({ keyHigh: 2 ** 24 - 1, keyLow: 2 ** 24 - 1 }, index);
    assert.ok(Number.isInteger(value) && value >= 0 && value < HASH_RANGE, `${index}: ${value}`);
  }
});

test('mean and variance are those of the uniform distribution', () => {
  const mean = first.reduce((total, value) => total + value, 0) / COUNT;
  const variance = first.reduce((total, value) => total + (value - 0.5) ** 2, 0) / COUNT;
  assert.ok(Math.abs(mean - 1 / 2) < noise(Math.sqrt(1 / 12)), `mean ${mean}`);
  assert.ok(Math.abs(variance - 1 / 12) < noise(Math.sqrt(1 / 180)), `variance ${variance}`);
});

test('hashes are spread evenly over 256 bins', () => {
  const bins = new Float64Array(256);
  for (const value of first) bins[Math.floor(value * 256)]++;
  const expected = COUNT / 256;
  const chiSquared = bins.reduce((total, count) => total + (count - expected) ** 2 / expected, 0);
  assert.ok(chiSquared < 255 + 5 * Math.sqrt(2 * 255), `chi squared ${chiSquared}`);
});

test('elements at several distances, sites, steps and blocks of 2^24 are uncorrelated', () => {
  for (const distance of [1, 2, 3, 64, 128, 4096])
    assert.ok(
      Math.abs(correlation(first.subarray(distance), first.subarray(0, COUNT - distance))) < noise(1),
      `distance ${distance}`,
    );
  for (const path of ['1/dropout/TF.1/1', '1/dropout/TF.0/2', '2/dropout/TF.0/1'])
    assert.ok(Math.abs(correlation(first, draw(randomKey(path)))) < noise(1), path);
  assert.ok(Math.abs(correlation(first, draw(randomKey('1/dropout/TF.0/1'), HASH_RANGE))) < noise(1), 'block');
  for (const key of [0, 1, 4096].map((keyLow) => ({ keyHigh: 0, keyLow })))
    assert.ok(
      Math.abs(correlation(draw(key), draw({ keyHigh: 0, keyLow: key.keyLow + 1 }))) < noise(1),
      'nearly equal keys',
    );
});

test('no two counters of a block have the same hash under one key', () => {
  const seen = new Uint8Array(HASH_RANGE);
  for (let i = 0; i < HASH_RANGE; i += 16) {
    const value = hash({ keyHigh: 7, keyLow: 11 }, i);
    assert.is(seen[value], 0);
    seen[value] = 1;
  }
});

test('a path always gives the same key', () => {
  assert.equal(randomKey('42/dropout/x/1'), randomKey('42/dropout/x/1'));
  assert.not.equal(randomKey('42/dropout/x/1'), randomKey('42/dropout/x/2'));
});

test.run();
