// Dropout, alone and fused with the ops before or after it. Each works on a piece of a row at a time, small enough for the L1
// cache, and multiplies by the factors from `draw`.
import { DRAWN_FLOATS } from './memory/scratch';
import { counterOf, draw, partFrom } from './dropoutMask';
import { firstElement, lastElement } from './elementwise';
import { geluRow, slopeRow } from './gelu';
import { Dropout, DropoutAdd, GeluDropout, GeluDropoutBackward, GeluDropoutBoth, Mask } from './jobs.generated';
import { passes } from './memory/job';
import { dropBoth, dropRows, geluBoth, geluRows } from './nativeRows';
import { multiplyAdd, storeUpTo } from './arithmetic/vector';

/** y = x * factor */
export function dropout(chunk: i32): void {
  const first = firstElement(chunk);
  const at = 4 * <usize>first;
  dropRow(Dropout.x + at, Dropout.y + at, <u64>first, lastElement(chunk) - first);
}

/** The same for `count` elements, of which the first is number `first` of the mask. */
export function dropRow(x: usize, y: usize, first: u64, count: i32): void {
  if (passes() && Mask.threshold != 0) return dropParts(x, y, 0, first, count);
  for (let done = 0; done < count; done += DRAWN_FLOATS) {
    const end = min(count, done + DRAWN_FLOATS);
    let factors = draw(first + <u64>done, end - done);
    for (let i = done; i < end; i += 4, factors += 16) {
      const at = 4 * <usize>i;
      storeUpTo(y + at, f32x4.mul(v128.load(x + at), v128.load(factors)), end - i);
    }
  }
}

/** The same in place for rows that are `row` floats apart. @param step from the number of a row's first element to that of the next row's */
export function dropBlock(x: usize, row: i32, first: u64, step: i32, rows: i32, columns: i32): void {
  const whole = <i64>(rows - 1) * step + columns;
  if (passes() && <i64>counterOf(first) + whole <= 0x1000000) {
    partFrom(first, columns);
    dropRows(x, x, 0, 4 * row, rows, columns, counterOf(first), step);
  } else for (let i = 0; i < rows; i++, x += 4 * <usize>row, first += <u64>step) dropRow(x, x, first, columns);
}

/** y = x * factor, or z + x * factor unless the address z is 0, by machine code */
function dropParts(x: usize, y: usize, z: usize, first: u64, count: i32): void {
  for (let done = 0; done < count;) {
    const part = partFrom(first, count - done);
    const at = 4 * <usize>done;
    dropRows(x + at, y + at, z == 0 ? 0 : z + at, 0, 1, part, counterOf(first), 0);
    done += part;
    first += <u64>part;
  }
}

/** y = residual + x * factor */
export function dropoutAdd(chunk: i32): void {
  const first = firstElement(chunk);
  addDropped(
    DropoutAdd.x + 4 * <usize>first,
    DropoutAdd.residual + 4 * <usize>first,
    DropoutAdd.y + 4 * <usize>first,
    <u64>first,
    lastElement(chunk) - first,
  );
}

/** The same for `count` elements, of which the first is number `first` of the mask. */
export function addDropped(x: usize, residual: usize, y: usize, first: u64, count: i32): void {
  if (passes() && Mask.threshold != 0) return dropParts(x, y, residual, first, count);
  for (let done = 0; done < count; done += DRAWN_FLOATS) {
    const end = min(count, done + DRAWN_FLOATS);
    let factors = draw(first + <u64>done, end - done);
    for (let i = done; i < end; i += 4, factors += 16) {
      const at = 4 * <usize>i;
      storeUpTo(y + at, multiplyAdd(v128.load(x + at), v128.load(factors), v128.load(residual + at)), end - i);
    }
  }
}

/** y = gelu(x) * factor */
export function geluDropout(chunk: i32): void {
  const first = firstElement(chunk);
  const at = 4 * <usize>first;
  activate(GeluDropout.x + at, GeluDropout.y + at, <u64>first, lastElement(chunk) - first, GeluDropout.tanh);
}

/** The same for `count` elements, of which the first is number `first` of the mask. */
function activate(x: usize, y: usize, first: u64, count: i32, tanh: bool): void {
  if (passes() && !tanh) geluRows(x, y, 0, 1, count);
  else geluRow(x, y, count, tanh);
  if (Mask.threshold != 0) dropRow(y, y, first, count);
}

/** The same for rows of both that are `row` floats apart, as are their numbers in the mask. */
export function activateBlock(x: usize, y: usize, row: i32, first: u64, rows: i32, columns: i32, tanh: bool): void {
  const bytes = 4 * <usize>row;
  if (passes() && !tanh) {
    geluRows(x, y, <i32>bytes, rows, columns);
    if (Mask.threshold != 0) dropBlock(y, row, first, row, rows, columns);
  } else for (let i = 0; i < rows; i++, x += bytes, y += bytes, first += <u64>row) activate(x, y, first, columns, tanh);
}

/** dx = dy * factor * gelu'(x) */
export function geluDropoutBackward(chunk: i32): void {
  const first = firstElement(chunk);
  const count = lastElement(chunk) - first;
  const at = 4 * <usize>first;
  const dx = GeluDropoutBackward.dx + at;
  slopeRow(GeluDropoutBackward.x + at, GeluDropoutBackward.dy + at, dx, 0, count, GeluDropoutBackward.tanh);
  if (Mask.threshold != 0) dropRow(dx, dx, <u64>first, count);
}

/** The same, dx in the place of dy, and gelu(x) * factor in the place of x */
export function geluDropoutBoth(chunk: i32): void {
  const first = firstElement(chunk);
  const count = lastElement(chunk) - first;
  const x = GeluDropoutBoth.x + 4 * <usize>first;
  const dy = GeluDropoutBoth.dy + 4 * <usize>first;
  if (passes() && !GeluDropoutBoth.tanh) geluBoth(x, dy, count);
  else slopeRow(x, dy, dy, x, count, GeluDropoutBoth.tanh);
  if (Mask.threshold != 0) dropTwo(x, dy, <u64>first, count);
}

function dropTwo(x: usize, dy: usize, first: u64, count: i32): void {
  if (passes() && partFrom(first, count) == count) return dropBoth(x, dy, count, counterOf(first));
  for (let done = 0; done < count; done += DRAWN_FLOATS) {
    const end = min(count, done + DRAWN_FLOATS);
    let factors = draw(first + <u64>done, end - done);
    for (let i = done; i < end; i += 4, factors += 16) {
      const at = 4 * <usize>i;
      storeUpTo(x + at, f32x4.mul(v128.load(x + at), v128.load(factors)), end - i);
      storeUpTo(dy + at, f32x4.mul(v128.load(dy + at), v128.load(factors)), end - i);
    }
  }
}
