import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { percent } from '../../src/data/percent.ts';

test('shares have one digit after the point, small ones two', () => {
  const cases: [number, string][] = [[0, '0 %'], [1e-6, 'under 0.01 %'], [0.0012, '0.12 %'], [0.0067, '0.67 %'], [0.00996, '1 %'], [0.01, '1 %'], [0.2094, '20.9 %'], [1, '100 %']]; // prettier-ignore
  for (const [share, text] of cases) assert.is(percent(share), text);
});

test.run();
