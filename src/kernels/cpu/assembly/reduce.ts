// Sums over all elements in float64: one partial result per chunk, added in order by `total`.
import { firstElement, lastElement } from './elementwise';
import { Argmax, Sum, SumSquares, Total } from './jobs.generated';
import { passes, scratch } from './memory/job';
import { SUMS } from './memory/scratch';
import { squareSums } from './nativeRows';
import { addDoubles, clearDoubles, totalOf } from './arithmetic/doubles';
import { lanes } from './arithmetic/vector';

/** partial[chunk] = sum of x */
export function sum(chunk: i32): void {
  const first = firstElement(chunk);
  const sums = scratch() + SUMS;
  clearDoubles(sums);
  addDoubles(sums, Sum.x + 4 * <usize>first, lastElement(chunk) - first, false);
  store<f64>(Sum.partial + <usize>chunk * 8, totalOf(sums));
}

/** partial[chunk] = sum of x squared */
export function sumSquares(chunk: i32): void {
  const first = firstElement(chunk);
  store<f64>(
    SumSquares.partial + <usize>chunk * 8,
    squaresOf(SumSquares.x + 4 * <usize>first, lastElement(chunk) - first),
  );
}

/** The sum of the squares of `count` floats, in float64 */
export function squaresOf(x: usize, count: i32): f64 {
  const sums = scratch() + SUMS;
  if (passes()) squareSums(x, count, sums);
  else {
    clearDoubles(sums);
    addDoubles(sums, x, count, true);
  }
  return totalOf(sums);
}

/** y = scale * sum of the partial results; one chunk */
export function total(chunk: i32): void {
  let sum: f64 = 0;
  for (let i = 0; i < Total.blocks; i++) sum += load<f64>(Total.partial + <usize>i * 8);
  store<f32>(Total.y, <f32>(sum * <f64>Total.scale));
}

/** The column of each row's largest value, the first if several are equal; chunks of rows */
export function argmax(chunk: i32): void {
  const columns = Argmax.columns;
  for (let row = firstElement(chunk), last = lastElement(chunk); row < last; row++)
    store<i32>(Argmax.indices + <usize>row * 4, argmaxRow(Argmax.x + <usize>row * columns * 4, columns));
}

function argmaxRow(x: usize, columns: i32): i32 {
  let best = v128.load32_splat(x);
  let where = i32x4.splat(0);
  let here = i32x4(0, 1, 2, 3);
  for (let c = 0; c < columns; c += 4) {
    const value = v128.load(x + <usize>c * 4);
    let larger = f32x4.gt(value, best);
    if (columns - c < 4) larger = v128.and(larger, lanes(columns - c));
    best = v128.bitselect(value, best, larger);
    where = v128.bitselect(here, where, larger);
    here = i32x4.add(here, i32x4.splat(4));
  }
  let value = f32x4.extract_lane(best, 0);
  let column = i32x4.extract_lane(where, 0);
  for (let lane = 1; lane < 4; lane++) {
    best = i32x4.shuffle(best, best, 1, 2, 3, 0);
    where = i32x4.shuffle(where, where, 1, 2, 3, 0);
    const other = f32x4.extract_lane(best, 0);
    const place = i32x4.extract_lane(where, 0);
    if (other > value || (other == value && place < column)) {
      value = other;
      column = place;
    }
  }
  return column;
}
