import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Ascending } from '../../../src/data/store/ascending.ts';

test('numbers come back, near ones, equal ones and those far above the ones before', () => {
  const numbers = [0, 0, 3, 2 ** 31, 2 ** 32 - 2, 2 ** 32 - 1, 2 ** 32, 2 ** 40, 2 ** 40 + 1, 2 ** 52];
  const all = Ascending.of([...numbers, ...Array.from({ length: 200_000 }, (_, i) => 2 ** 52 + 3 * i)]);
  assert.is(all.length, 200_010);
  assert.equal(
    numbers.map((_, i) => all.at(i)),
    numbers,
  );
  for (let i = 0; i < 200_000; i += 997) assert.is(all.at(10 + i), 2 ** 52 + 3 * i);
  assert.is(all.last(), 2 ** 52 + 3 * 199_999);
  assert.equal([...Ascending.of(numbers)], numbers);
});

test('a place is found by its number', () => {
  const all = Ascending.of([0, 4, 4, 9, 12]);
  assert.equal([0, 3, 4, 8, 9, 11, 12, 99].map((value) => all.search(value)), [0, 0, 2, 2, 3, 3, 3, 3]); // prettier-ignore
});

test.run();
