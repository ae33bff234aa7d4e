import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { greatestError, minimaxFit, scaledTail } from '../../scripts/gelu/fit.ts';
import { erf } from '../../src/kernels/reference/erf.ts';
import * as constants from '../../src/kernels/geluConstants.ts';

const { SLOPE, POWER7, POWER6, POWER5, POWER4, POWER3, POWER2, POWER1, POWER0 } = constants;
const coefficients = [POWER7, POWER6, POWER5, POWER4, POWER3, POWER2, POWER1, POWER0];
const interval = { slope: SLOPE, reach: 14 };

test('the tail that the polynomial is fitted to is that of the normal distribution', () => {
  for (let x = 0; x <= 8; x += 0.01) {
    const tail = scaledTail(x) * Math.exp((-x * x) / 2);
    assert.ok(Math.abs(tail - (1 - erf(x / Math.SQRT2)) / 2) < 1e-15, `x = ${x}`);
  }
  assert.ok(Math.abs(scaledTail(3 - 1e-12) / scaledTail(3) - 1) < 1e-12);
  // Beyond 8 erf is 1 in float64; the asymptotic series (Abramowitz and Stegun 26.2.12) is not.
  const [x, square] = [14, 196];
  const series = 1 - 1 / square + 3 / square ** 2 - 15 / square ** 3 + 105 / square ** 4 - 945 / square ** 5;
  assert.ok(Math.abs((scaledTail(x) * x * Math.sqrt(2 * Math.PI)) / series - 1) < 1e-9);
});

test('no polynomial of that degree fits the tail much better than ours', () => {
  const error = greatestError(coefficients, interval);
  assert.ok(error < 1.61e-7, `${error}`);
  const best = minimaxFit(coefficients.length, interval);
  assert.ok(best.error > 1.45e-7 && best.error < 1.46e-7, `${best.error}`);
  assert.ok(error < greatestError(best.coefficients.map(Math.fround), interval));
});

test('the coefficients are float32 numbers, so that every device has the same', () => {
  for (const coefficient of coefficients) assert.is(Math.fround(coefficient), coefficient);
});

test('the constants of the tanh form and the density match their formulas to all given digits', () => {
  const linear = 2 * Math.sqrt(2 / Math.PI);
  assert.ok(Math.abs(constants.DENSITY * Math.sqrt(2 * Math.PI) - 1) < 1e-9);
  assert.ok(Math.abs(constants.LINEAR / linear - 1) < 1e-9);
  assert.ok(Math.abs(constants.CUBIC / (0.044715 * linear) - 1) < 1e-9);
  assert.ok(Math.abs(constants.CUBIC_SLOPE / (3 * 0.044715 * linear) - 1) < 1e-9);
});

test.run();
