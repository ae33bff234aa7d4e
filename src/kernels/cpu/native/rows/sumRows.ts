import { PASS_MORE, PASS_RESULTS } from '../../jobs/layout.ts';
import { loadAddress } from '../convention.ts';
import { at, r15, rbp, rdi } from '../operands.ts';
import type { WideAssembler } from '../wideAssembler.ts';
import { exponential, prepareExponential } from './exponential.ts';
import { across, allLanes, CALL, columnsOf, rows, SPARE, X, Y } from './rows.ts';

const [FIRST, SECOND, SUM] = [0, 1, 2];

/** y += the sums of four rows of x each time, in the order of assembly/columns.ts. */
export function sumFours(a: WideAssembler): void {
  rows(a, () => {
    a.load(SPARE, at(CALL, PASS_MORE));
    a.address(r15, at(X, 0, SPARE));
    a.address(rbp, at(r15, 0, SPARE));
    a.address(rdi, at(rbp, 0, SPARE));
    across(a, (mask) => {
      a.loadVector(512, FIRST, columnsOf(X), mask);
      a.loadVector(512, SECOND, columnsOf(r15), mask);
      a.floats('add', FIRST, FIRST, SECOND);
      a.loadVector(512, SUM, columnsOf(rbp), mask);
      a.loadVector(512, SECOND, columnsOf(rdi), mask);
      a.floats('add', SUM, SUM, SECOND);
      a.floats('add', FIRST, FIRST, SUM);
      a.loadVector(512, SUM, columnsOf(Y), mask);
      a.floats('add', SUM, SUM, FIRST);
      a.storeVector(512, columnsOf(Y), SUM, mask);
    });
  });
}

// Sums in float64, as assembly/arithmetic/doubles.ts adds them.
const RESULTS = r15;
const [LOWER, UPPER, DOUBLES, HALF, LARGEST, OTHER] = [4, 5, 6, 7, 8, 9];

/** Results: 16 sums of x squared. */
export function sumSquares(a: WideAssembler): void {
  clearSums(a);
  rows(a, () =>
    across(a, (mask) => {
      a.loadVector(512, 0, columnsOf(X), mask);
      addDoubles(a, true);
    }),
  );
  storeSums(a);
}

/** Results: 16 sums of exp(x - the largest x), and behind them the largest. */
export function sumExponentials(a: WideAssembler): void {
  prepareExponential(a);
  a.constant(LARGEST, -Infinity, SPARE);
  clearSums(a);
  rows(a, () => {
    across(a, (mask) => {
      a.loadVector(512, 0, columnsOf(X), mask);
      a.floats('larger', LARGEST, 0, LARGEST, mask);
    });
    allLanes(a, 'larger', LARGEST, OTHER);
    across(a, (mask) => {
      a.loadVector(512, 0, columnsOf(X), mask);
      a.floats('subtract', 0, 0, LARGEST);
      exponential(a, mask);
      addDoubles(a, false);
    });
  });
  storeSums(a);
  a.storeFirst(at(RESULTS, 128), LARGEST);
}

function clearSums(a: WideAssembler): void {
  loadAddress(a, RESULTS, PASS_RESULTS);
  for (const sums of [LOWER, UPPER]) a.clear(sums);
}

/** Adds register 0 to the sums. */
function addDoubles(a: WideAssembler, squared: boolean): void {
  a.upperHalf(HALF, 0);
  for (const [sums, floats] of [
    [LOWER, 0],
    [UPPER, HALF],
  ] as const) {
    a.toDoubles(DOUBLES, floats);
    if (squared) a.doubles('multiply', DOUBLES, DOUBLES, DOUBLES);
    a.doubles('add', sums, sums, DOUBLES);
  }
}

function storeSums(a: WideAssembler): void {
  a.storeVector(512, at(RESULTS), LOWER);
  a.storeVector(512, at(RESULTS, 64), UPPER);
}
