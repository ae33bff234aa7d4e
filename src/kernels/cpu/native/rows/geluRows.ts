import {
  DENSITY,
  POWER0,
  POWER1,
  POWER2,
  POWER3,
  POWER4,
  POWER5,
  POWER6,
  POWER7,
  SLOPE,
} from '../../../geluConstants.ts';
import type { WideAssembler } from '../wideAssembler.ts';
import { exponential, ONE, prepareExponential } from './exponential.ts';
import { across, CHOSEN, columnsOf, rows, SPARE, X, Y, Z } from './rows.ts';

const constants = [SLOPE, POWER7, POWER6, POWER5, POWER4, POWER3, POWER2, POWER1, POWER0, -0.5, DENSITY];
const registers = constants.map((_, i) => 20 - i);
const [STEEPNESS = 0, HIGHEST = 0] = registers;
const LOWER = registers.slice(2, -2);
const [MINUS_HALF = 0, HEIGHT = 0] = registers.slice(-2);
// What the exponential uses is free after it.
const [BELL, VALUE, PHI, POLYNOMIAL, INVERSE, MOST, LEAST, SIZE] = [0, 4, 5, 1, 2, 6, 7, 8];

/** y = x * Phi(x), with the bits of assembly/gelu.ts */
export function geluRows(a: WideAssembler): void {
  prepare(a);
  rows(a, () =>
    across(a, (mask) => {
      a.loadVector(512, VALUE, columnsOf(X), mask);
      distribution(a);
      a.floats('multiply', PHI, PHI, VALUE);
      a.storeVector(512, columnsOf(Y), PHI, mask);
    }),
  );
}

/** z *= Phi(x) + x * Phi'(x), and then x = x * Phi(x) */
export function geluBothRows(a: WideAssembler): void {
  prepare(a);
  a.constant(MOST, 30, SPARE); // the slope is 0 or 1 to float32 accuracy well before this
  a.constant(LEAST, -30, SPARE);
  rows(a, () =>
    across(a, (mask) => {
      a.loadVector(512, VALUE, columnsOf(X), mask);
      distribution(a);
      a.floats('multiply', POLYNOMIAL, VALUE, PHI);
      a.storeVector(512, columnsOf(X), POLYNOMIAL, mask);
      a.floats('smaller', VALUE, MOST, VALUE);
      a.floats('larger', VALUE, LEAST, VALUE);
      a.floats('multiply', VALUE, VALUE, HEIGHT);
      a.multiplyThenAdd(VALUE, BELL, PHI);
      a.loadVector(512, PHI, columnsOf(Z), mask);
      a.floats('multiply', VALUE, VALUE, PHI);
      a.storeVector(512, columnsOf(Z), VALUE, mask);
    }),
  );
}

function prepare(a: WideAssembler): void {
  prepareExponential(a);
  for (const [i, value] of constants.entries()) a.constant(registers[i] ?? 0, value, SPARE);
  a.integerConstant(SIZE, 0x7fffffff, SPARE);
}

/** PHI = Phi(VALUE), and BELL = exp(-VALUE^2 / 2) */
function distribution(a: WideAssembler): void {
  a.floats('multiply', BELL, VALUE, VALUE);
  a.floats('multiply', BELL, BELL, MINUS_HALF);
  exponential(a, 0);
  a.integers('and', INVERSE, VALUE, SIZE);
  a.multiplyThenAdd(INVERSE, STEEPNESS, ONE);
  a.floats('divide', INVERSE, ONE, INVERSE);
  a.copy(POLYNOMIAL, HIGHEST);
  for (const power of LOWER) a.multiplyThenAdd(POLYNOMIAL, INVERSE, power);
  a.floats('multiply', INVERSE, INVERSE, POLYNOMIAL);
  a.floats('multiply', INVERSE, INVERSE, BELL); // the tail
  a.floats('subtract', PHI, ONE, INVERSE);
  a.signs(CHOSEN, VALUE);
  a.copy(PHI, INVERSE, CHOSEN);
}
