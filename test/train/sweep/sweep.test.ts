import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gridKey, settingName, settingsOf } from '../../../src/train/sweep/grid.ts';
import { estimate, studentT } from '../../../src/train/sweep/studentT.ts';

test('a key has values between commas, of which those in brackets and quotes are their own', () => {
  assert.equal(gridKey('train.steps=10,20'), { key: 'train.steps', values: ['10', '20'] });
  assert.equal(gridKey('a.b=[1, 2],{ c: 3, d: 4 },"x,y"')?.values, ['[1, 2]', '{ c: 3, d: 4 }', '"x,y"']);
  assert.equal(gridKey("a='x=y'")?.values, ["'x=y'"]);
  for (const wrong of ['', 'a', '=1', 'a=', 'a=1,', 'a=,1']) assert.is(gridKey(wrong), undefined, wrong);
});

test('settings are all combinations, the last key changing first', () => {
  const settings = settingsOf([
    { key: 'a.x', values: ['1', '2'] },
    { key: 'b.y', values: ['3', '4'] },
  ]);
  assert.equal(settings.map(settingName), ['x=1 y=3', 'x=1 y=4', 'x=2 y=3', 'x=2 y=4']);
  assert.equal(settingsOf([]), [[]]);
  assert.is(settingName([{ key: 'a.x', value: '1' }, { key: 'b.x', value: '2' }]), 'a.x=1 b.x=2'); // prettier-ignore
});

test("Student's t is that of the tables", () => {
  // to four decimals, from NIST's table of critical values
  const known: readonly (readonly [number, number])[] = [[1, 12.706], [2, 4.303], [4, 2.776], [9, 2.262], [30, 2.042], [31, 2.04], [40, 2.021], [60, 2.0], [100, 1.984], [1000, 1.962]]; // prettier-ignore
  for (const [freedom, t] of known)
    assert.ok(Math.abs(studentT(freedom) - t) < 6e-4, `${freedom}: ${studentT(freedom)}`);
});

test('an interval is that of a worked example', () => {
  // mean 5, standard deviation 1.5811, over the root of 5, times 2.776
  const { mean, halfWidth } = estimate([3, 4, 5, 6, 7]);
  assert.is(mean, 5);
  assert.ok(Math.abs((halfWidth ?? 0) - 1.963) < 1e-3, String(halfWidth));
  assert.equal(estimate([4]), { mean: 4, halfWidth: undefined });
  assert.is(estimate([2, 2, 2]).halfWidth, 0);
});

test.run();
