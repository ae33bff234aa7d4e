import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { joined, push, series } from '../../../web/src/view/charts/series.ts';
import type { Series } from '../../../web/src/view/charts/series.ts';

const of = (...points: readonly (readonly [number, number])[]): Series => {
  const made = series();
  for (const [step, value] of points) push(made, step, value);
  return made;
};

test('series of other steps stand on one axis, with nothing where one has no value', () => {
  assert.equal(joined(of([0, 9], [50, 7]), series(), of([10, 8], [50, 6], [60, 5])), [
    [0, 10, 50, 60],
    [9, null, 7, null],
    [null, null, null, null],
    [null, 8, 6, 5],
  ]);
  assert.equal(joined(series()), [[], []]);
});

test('a run that goes on from an earlier step takes the place of what came after it', () => {
  assert.equal(of([10, 1], [20, 2], [30, 3], [20, 4], [25, 5]), { steps: [10, 20, 25], values: [1, 4, 5] });
});

test.run();
