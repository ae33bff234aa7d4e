import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fillBatches } from '../../../src/data/batches/fillBatches.ts';

function deal(sizes: readonly number[], capacity: number): (readonly number[])[] {
  return [...fillBatches(sizes.keys(), (i) => sizes[i], capacity)];
}

test('every sequence is dealt once, and no batch holds more than its capacity', () => {
  const random = seedrandom('deal');
  for (const [longest, capacity] of [
    [1, 7],
    [16, 16],
    [16, 64],
    [1023, 16 * 1023],
  ] as const) {
    const sizes = Array.from({ length: 2000 }, () => 1 + Math.floor(random() * longest));
    const batches = deal(sizes, capacity);
    assert.equal(
      batches.flat().toSorted((a, b) => a - b),
      [...sizes.keys()],
    );
    const filled = batches.map((batch) => batch.reduce((sum, i) => sum + sizes[i], 0));
    assert.ok(filled.every((tokens) => tokens <= capacity));
    const empty = 1 - filled.slice(0, -1).reduce((a, b) => a + b, 0) / (capacity * (batches.length - 1));
    assert.ok(
      empty < (longest < capacity / 4 ? 0.005 : capacity === 16 ? 0.05 : 0.01),
      `${longest} in ${capacity}: ${(100 * empty).toFixed(2)} % empty`,
    );
  }
});

test('the first in order begins the next batch: a long sequence does not wait for ever', () => {
  assert.equal(deal([3, 10, 3, 4, 3, 4, 3], 10), [[0, 2, 3], [1], [4, 5, 6]]);
});

test('nothing gives no batch', () => assert.equal(deal([], 5), []));

test.run();
