// LayerNorm's passes over rows by machine code (native/rows/normRows.ts). What there is of each row are four floats in RECORDS.
import {
  PASS_FACTORS,
  PASS_MORE,
  PASS_RESULTS,
  PASS_SCALE,
  TASK_MOMENTS,
  TASK_NORM_BACKWARD,
  TASK_NORM_GRADIENTS,
  TASK_NORM_SUMS,
  TASK_NORMALISE,
} from '../jobs/layout';
import { scratch } from './memory/job';
import { CALL, SCORES } from './memory/scratch';
import { pass } from './nativeRows';

/** The most rows of which there are records. */
export const RECORDED: i32 = 1024;

/** Four floats of a row, counted from the first of a call. */
export function record(row: i32): usize {
  return scratch() + SCORES + 16 * <usize>row;
}

/** Records: the rounded mean, the sum of x without it, and that of the squares. */
export function momentRows(x: usize, rows: i32, columns: i32): void {
  const call = scratch() + CALL;
  store<f32>(call, <f32>columns, PASS_SCALE);
  store<i32>(call, <i32>record(0), PASS_RESULTS);
  pass(TASK_MOMENTS, x, 4 * columns, 0, 0, 0, 0, rows, columns);
}

/** y = (x - mean) * inverse * gamma + beta. Records: the rounded mean, what was lost, the inverse. */
export function normaliseRows(x: usize, gamma: usize, beta: usize, y: usize, rows: i32, columns: i32): void {
  placeFactors(gamma);
  pass(TASK_NORMALISE, x, 4 * columns, y, 4 * columns, beta, 0, rows, columns);
}

/** Records: the mean, to which are added the sum of g = dy * gamma, and that of g * (x - mean). */
export function normSumRows(x: usize, dy: usize, gamma: usize, rows: i32, columns: i32): void {
  placeFactors(gamma);
  pass(TASK_NORM_SUMS, x, 4 * columns, 0, 0, dy, 4 * columns, rows, columns);
}

/** dx = (x - mean) * pull + (g * inverse + shift), plus `more` unless that is 0. Records: mean, shift, pull, inverse. */
export function normBackwardRows(
  x: usize,
  dy: usize,
  gamma: usize,
  dx: usize,
  more: usize,
  rows: i32,
  columns: i32,
): void {
  placeFactors(gamma);
  store<i64>(scratch() + CALL, more == 0 ? 0 : <i64>more - <i64>dx, PASS_MORE);
  pass(TASK_NORM_BACKWARD, x, 4 * columns, dx, 4 * columns, dy, 4 * columns, rows, columns);
}

/** dgamma += dy * (x - mean) * inverse and dbeta += dy, over all rows */
export function normGradientRows(
  x: usize,
  dy: usize,
  mean: usize,
  inverse: usize,
  dgamma: usize,
  dbeta: usize,
  rows: i32,
  columns: i32,
): void {
  placeFactors(dbeta);
  store<i32>(scratch() + CALL, <i32>mean, PASS_RESULTS);
  store<i64>(scratch() + CALL, <i64>inverse - <i64>mean, PASS_MORE);
  pass(TASK_NORM_GRADIENTS, x, 4 * columns, dgamma, 0, dy, 4 * columns, rows, columns);
}

function placeFactors(factors: usize): void {
  store<i32>(scratch() + CALL, <i32>factors, PASS_FACTORS);
  store<i32>(scratch() + CALL, <i32>record(0), PASS_RESULTS);
}
