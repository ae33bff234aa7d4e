import {
  PASS_COLUMNS,
  PASS_ROWS,
  PASS_X,
  PASS_X_ROW,
  PASS_Y,
  PASS_Y_ROW,
  PASS_Z,
  PASS_Z_ROW,
} from '../../jobs/layout.ts';
import { loadAddress } from '../convention.ts';
import { at, open, r10, r11, r12, r13, r14, r8, r9, rax, rbx, rcx, rdx, rsi } from '../operands.ts';
import type { Memory } from '../operands.ts';
import type { WideAssembler } from '../wideAssembler.ts';

// A pass goes over the rows of up to three arrays, 16 columns at a time.

export const [CALL, SPARE] = [rsi, rax];
export const [X, Y, Z] = [r8, r10, r12]; // the row's addresses
const [ROWS, COLUMNS, LEFT, OFFSET] = [rbx, r14, rcx, rdx];
const ARRAYS = [
  [X, r9, PASS_X, PASS_X_ROW],
  [Y, r11, PASS_Y, PASS_Y_ROW],
  [Z, r13, PASS_Z, PASS_Z_ROW],
] as const;
const LANES = 16;

/** Mask registers: the columns of a last vector that is not whole, the first quarter of a vector, and one to be used for the moment. */
export const [EDGE, QUARTER, CHOSEN] = [1, 2, 3];

/** 16 columns of an array's row. */
export const columnsOf = (row: number): Memory => at(row, 0, OFFSET);

/** Does `row` for each row of the call. The masks are set before. */
export function rows(a: WideAssembler, row: () => void): void {
  for (const [place, stride, argument, step] of ARRAYS) {
    loadAddress(a, place, argument);
    a.load32(stride, at(CALL, step));
  }
  a.load32(ROWS, at(CALL, PASS_ROWS));
  a.load32(COLUMNS, at(CALL, PASS_COLUMNS));
  a.move(LEFT, COLUMNS);
  a.and(LEFT, LANES - 1);
  a.move32(SPARE, -1);
  a.lowestBits(SPARE, SPARE, LEFT);
  a.setMask(EDGE, SPARE);
  a.move32(SPARE, 0b1111);
  a.setMask(QUARTER, SPARE);
  const next = a.place();
  row();
  for (const [place, stride] of ARRAYS) a.add(place, stride);
  a.addConstant(ROWS, -1);
  a.jumpIf('notEqual', next);
}

/** Does `vector` for all columns of a row. @param vector is given the mask of those that are there, 0 for all */
export function across(a: WideAssembler, vector: (mask: number) => void): void {
  const [last, end] = [open(), open()];
  a.move32(OFFSET, 0);
  a.move(LEFT, COLUMNS);
  const next = a.place();
  a.compare(LEFT, LANES);
  a.jumpIf('less', last);
  vector(0);
  a.addConstant(OFFSET, 4 * LANES);
  a.addConstant(LEFT, -LANES);
  a.jump(next);
  a.place(last);
  a.compare(LEFT, 0);
  a.jumpIf('equal', end);
  vector(EDGE);
  a.place(end);
}

/** Quarters of vectors: those of pairs exchanged, halves exchanged, and each one place down. */
const [PAIRS, HALVES, DOWN] = [0b10_11_00_01, 0b01_00_11_10, 0b00_11_10_01];

/** Combines all lanes, in the order of sumOf in assembly/arithmetic/vector.ts: the result is in all of them. */
export function allLanes(a: WideAssembler, operation: 'add' | 'larger', vector: number, spare: number): void {
  for (const order of [PAIRS, HALVES]) {
    a.orderQuarters(spare, vector, order);
    a.floats(operation, vector, vector, spare);
  }
  for (const order of [HALVES, PAIRS]) {
    a.orderLanes(spare, vector, order);
    a.floats(operation, vector, vector, spare);
  }
}

/**
 * Adds a vector of a row to sums, as sumOf does: whole or, of the last, whose lanes that are not there are zeros, by quarters to the
 * sums' first.
 * @param mask of the lanes that are there, 0 for all
 * @param add adds those of `vectors` that it is given a mask of
 */
export function addUp(a: WideAssembler, mask: number, vectors: readonly number[], add: (mask: number) => void): void {
  if (mask === 0) return add(0);
  for (let quarter = 0; quarter < 4; quarter++) {
    add(QUARTER);
    for (const vector of quarter < 3 ? vectors : []) a.orderQuarters(vector, vector, DOWN);
  }
}
