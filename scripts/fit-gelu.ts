/**
 * Fits the polynomial of src/kernels/geluConstants.ts and compares its error with that of the one there now. The method is Remez'
 * exchange: of all polynomials of degree 7 it finds the one whose greatest relative error for 0 <= x <= 14 is least. The one that
 * stands differs from it in the last digits, and its error, rounded to float32, is the smaller: it stays, and results with it.
 *
 *     node --import tsx scripts/fit-gelu.ts
 */
import * as stored from '../src/kernels/geluConstants.ts';
import { greatestError, minimaxFit } from './gelu/fit.ts';

const interval = { slope: stored.SLOPE, reach: 14 };
const { POWER7, POWER6, POWER5, POWER4, POWER3, POWER2, POWER1, POWER0 } = stored;
const standing = [POWER7, POWER6, POWER5, POWER4, POWER3, POWER2, POWER1, POWER0];
const fit = minimaxFit(standing.length, interval);
const rounded = fit.coefficients.map(Math.fround);

console.log('power  fitted, as float32     in geluConstants.ts');
for (const [i, value] of rounded.entries())
  console.log(`${standing.length - 1 - i}`.padEnd(7) + `${value}`.padEnd(23) + standing[i]);
console.log(`greatest relative error for x from 0 to ${interval.reach}:`);
console.log(`  fitted, in float64   ${fit.error.toExponential(3)}`);
console.log(`  fitted, as float32   ${greatestError(rounded, interval).toExponential(3)}`);
console.log(`  geluConstants.ts     ${greatestError(standing, interval).toExponential(3)}`);
