import { PASS_COUNTER, PASS_COUNTER_STEP, PASS_KEYS, PASS_LANES, PASS_Z } from '../../jobs/layout.ts';
import { at, open, r15, rbp, rdi } from '../operands.ts';
import type { WideAssembler } from '../wideAssembler.ts';
import { across, CALL, CHOSEN, columnsOf, rows, SPARE, X, Y, Z } from './rows.ts';

const [COUNTER, STEP] = [rbp, r15];
const KEYS = [31, 30, 29, 28, 27, 26] as const;
const [THRESHOLD, FACTOR, HALF, LANES, SIXTEEN] = [25, 24, 23, 22, 21];
const [COUNTERS, HIGH, LOW, SQUARE, FIRST, SECOND] = [0, 1, 2, 3, 4, 5];

/** y = x * factor, or z + x * factor where there is a z. The factors are those that assembly/pairs/drawPart.ts draws. */
export function dropRows(a: WideAssembler): void {
  prepare(a);
  const [alone, end] = [open(), open()];
  a.load32(SPARE, at(CALL, PASS_Z));
  a.compare(SPARE, 0);
  a.jumpIf('equal', alone);
  rowsOf(a, [X, Z], () => {
    a.addProduct(SECOND, FIRST, HIGH);
    return [[Y, SECOND]];
  });
  a.jump(end);
  a.place(alone);
  rowsOf(a, [X], () => {
    a.floats('multiply', FIRST, FIRST, HIGH);
    return [[Y, FIRST]];
  });
  a.place(end);
}

/** x *= factor and z *= factor */
export function dropBothRows(a: WideAssembler): void {
  prepare(a);
  rowsOf(a, [X, Z], () => {
    for (const value of [FIRST, SECOND]) a.floats('multiply', value, value, HIGH);
    return [
      [X, FIRST],
      [Z, SECOND],
    ];
  });
}

function prepare(a: WideAssembler): void {
  a.load32(SPARE, at(CALL, PASS_KEYS));
  for (const [i, register] of [...KEYS, THRESHOLD, FACTOR].entries()) a.broadcast(512, register, at(rdi, 4 * i, SPARE));
  a.load32(SPARE, at(CALL, PASS_LANES));
  a.loadVector(512, LANES, at(rdi, 0, SPARE));
  a.integerConstant(HALF, 4095, SPARE);
  a.integerConstant(SIXTEEN, 16, SPARE);
  a.load32(COUNTER, at(CALL, PASS_COUNTER));
  a.load32(STEP, at(CALL, PASS_COUNTER_STEP));
}

/** @param use what is done with the values read, and the factors in HIGH: which values go where */
function rowsOf(a: WideAssembler, read: readonly number[], use: () => [number, number][]): void {
  rows(a, () => {
    a.spread(COUNTERS, COUNTER);
    a.integers('add', COUNTERS, COUNTERS, LANES);
    across(a, (mask) => {
      for (const [i, row] of read.entries()) a.loadVector(512, FIRST + i, columnsOf(row), mask);
      drawFactors(a);
      for (const [row, value] of use()) a.storeVector(512, columnsOf(row), value, mask);
    });
    a.add(COUNTER, STEP);
  });
}

/** HIGH becomes the factors of the next 16 counters. */
function drawFactors(a: WideAssembler): void {
  a.shift('right', HIGH, COUNTERS, 12);
  a.integers('and', LOW, COUNTERS, HALF);
  a.integers('add', COUNTERS, COUNTERS, SIXTEEN);
  for (const [i, key] of KEYS.entries()) {
    const [changed, by] = i % 2 === 0 ? [HIGH, LOW] : [LOW, HIGH];
    a.integers('add', SQUARE, by, key);
    a.integers('and', SQUARE, SQUARE, HALF);
    a.integers('multiplyPairs', SQUARE, SQUARE, SQUARE); // below 2^12, so that its upper half adds nothing
    a.shift('right', SQUARE, SQUARE, 6);
    a.integers('add', changed, changed, SQUARE);
  }
  a.integers('and', HIGH, HIGH, HALF);
  a.integers('and', LOW, LOW, HALF);
  a.shift('left', HIGH, HIGH, 12);
  a.integers('add', HIGH, HIGH, LOW);
  a.compareIntegers(CHOSEN, 'notLess', HIGH, THRESHOLD);
  a.copyIn(CHOSEN, HIGH, FACTOR);
}
