// Passes over rows by machine code (native/rows), where the processor has what they need: one call for many rows.
import {
  CALL_TASK,
  PASS_COLUMNS,
  PASS_COUNTER,
  PASS_COUNTER_STEP,
  PASS_FACTORS,
  PASS_KEYS,
  PASS_LANES,
  PASS_MORE,
  PASS_RESULTS,
  PASS_ROWS,
  PASS_SCALE,
  PASS_X,
  PASS_X_ROW,
  PASS_Y,
  PASS_Y_ROW,
  PASS_Z,
  PASS_Z_ROW,
  TASK_ADAMW,
  TASK_DROP,
  TASK_DROP_BOTH,
  TASK_EXP,
  TASK_GELU,
  TASK_GELU_BOTH,
  TASK_SOFTMAX,
  TASK_SOFTMAX_BACKWARD,
  TASK_SUM_EXP,
  TASK_SUM_FOURS,
  TASK_SUM_SQUARES,
} from '../jobs/layout';
import { multiplyTiles } from './native';
import { scratch } from './memory/job';
import { CALL, KEYS } from './memory/scratch';

const LANES = memory.data<i32>([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);

/**
 * x = softmax(scale * x) in rows that are `row` bytes apart.
 * @param results address of two floats for each row: the largest scale * x, and the sum of the exponentials
 */
export function softmaxRows(x: usize, row: i32, rows: i32, columns: i32, scale: f32, results: usize): void {
  store<f32>(scratch() + CALL, scale, PASS_SCALE);
  store<i32>(scratch() + CALL, <i32>results, PASS_RESULTS);
  pass(TASK_SOFTMAX, x, row, 0, 0, 0, 0, rows, columns);
}

/**
 * x = softmax(scale * x), and z, the gradient of that, becomes the gradient of x before.
 * @param logSumExp address of a float for each row: log(sum(exp(scale * x)))
 */
export function softmaxBackwardRows(
  x: usize,
  z: usize,
  row: i32,
  rows: i32,
  columns: i32,
  scale: f32,
  logSumExp: usize,
): void {
  store<f32>(scratch() + CALL, scale, PASS_SCALE);
  store<i32>(scratch() + CALL, <i32>logSumExp, PASS_RESULTS);
  pass(TASK_SOFTMAX_BACKWARD, x, row, 0, 0, z, row, rows, columns);
}

/**
 * The largest x.
 * @param sums address of what become 16 sums of exp(x - the largest) in float64, behind which is room for 16 floats
 */
export function sumExponentials(x: usize, count: i32, sums: usize): f32 {
  store<i32>(scratch() + CALL, <i32>sums, PASS_RESULTS);
  pass(TASK_SUM_EXP, x, 0, 0, 0, 0, 0, 1, count);
  return load<f32>(sums, 128);
}

/** Of x squared, 16 sums in float64. */
export function squareSums(x: usize, count: i32, sums: usize): void {
  store<i32>(scratch() + CALL, <i32>sums, PASS_RESULTS);
  pass(TASK_SUM_SQUARES, x, 0, 0, 0, 0, 0, 1, count);
}

/** y += the sums of the columns of x, of four rows at a time */
export function sumFours(x: usize, y: usize, fours: i32, columns: i32): void {
  store<i64>(scratch() + CALL, 4 * <i64>columns, PASS_MORE);
  pass(TASK_SUM_FOURS, x, 16 * columns, y, 0, 0, 0, fours, columns);
}

/** @param numbers address of the seven numbers of adamw.ts that are the same for all */
export function adamwRows(
  weights: usize,
  gradients: usize,
  first: usize,
  second: usize,
  count: i32,
  numbers: usize,
): void {
  store<i32>(scratch() + CALL, <i32>gradients, PASS_FACTORS);
  store<i32>(scratch() + CALL, <i32>numbers, PASS_RESULTS);
  pass(TASK_ADAMW, weights, 0, first, 0, second, 0, 1, count);
}

/** y = factor * exp(x - shift), the latter at an address */
export function expRows(x: usize, y: usize, count: i32, shift: usize, factor: f32): void {
  store<f32>(scratch() + CALL, factor, PASS_SCALE);
  store<i32>(scratch() + CALL, <i32>shift, PASS_RESULTS);
  pass(TASK_EXP, x, 0, y, 0, 0, 0, 1, count);
}

/** y = gelu(x), with Phi exact */
export function geluRows(x: usize, y: usize, row: i32, rows: i32, columns: i32): void {
  pass(TASK_GELU, x, row, y, row, 0, 0, rows, columns);
}

/** dy *= gelu'(x), and x = gelu(x) */
export function geluBoth(x: usize, dy: usize, count: i32): void {
  pass(TASK_GELU_BOTH, x, 0, 0, 0, dy, 0, 1, count);
}

/**
 * y = x * factor, or z + x * factor unless the address z is 0, with the keys of dropoutMask.ts.
 * @param counter of the first element
 * @param step from a row's counter to the next row's
 */
export function dropRows(
  x: usize,
  y: usize,
  z: usize,
  row: i32,
  rows: i32,
  columns: i32,
  counter: i32,
  step: i32,
): void {
  placeMask(counter, step);
  pass(TASK_DROP, x, row, y, row, z, row, rows, columns);
}

/** x *= factor, z *= factor */
export function dropBoth(x: usize, z: usize, count: i32, counter: i32): void {
  placeMask(counter, 0);
  pass(TASK_DROP_BOTH, x, 0, 0, 0, z, 0, 1, count);
}

function placeMask(counter: i32, step: i32): void {
  const call = scratch() + CALL;
  store<i32>(call, counter, PASS_COUNTER);
  store<i32>(call, step, PASS_COUNTER_STEP);
  store<i32>(call, <i32>(scratch() + KEYS), PASS_KEYS);
  store<i32>(call, <i32>LANES, PASS_LANES);
}

/** @param columns or what a task takes in their place */
export function pass(
  task: i32,
  x: usize,
  xRow: i32,
  y: usize,
  yRow: i32,
  z: usize,
  zRow: i32,
  rows: i32,
  columns: i32,
): void {
  const call = scratch() + CALL;
  store<i32>(call, task, CALL_TASK);
  store<i32>(call, <i32>x, PASS_X);
  store<i32>(call, xRow, PASS_X_ROW);
  store<i32>(call, <i32>y, PASS_Y);
  store<i32>(call, yRow, PASS_Y_ROW);
  store<i32>(call, <i32>z, PASS_Z);
  store<i32>(call, zRow, PASS_Z_ROW);
  store<i32>(call, rows, PASS_ROWS);
  store<i32>(call, columns, PASS_COLUMNS);
  multiplyTiles(call);
}
