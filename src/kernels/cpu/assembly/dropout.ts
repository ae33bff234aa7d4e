// Dropout alone and with what stands before or after it. Each treats a piece of a row at a time, small enough for the
// first-level cache, and multiplies by the factors that `draw` gives.
import { DRAWN_FLOATS } from './memory/scratch';
import { draw } from './dropoutMask';
import { firstElement, lastElement } from './elementwise';
import { geluRow, slopeRow } from './gelu';
import { integer, pointer } from './memory/job';
import { multiplyAdd, storeUpTo } from './arithmetic/vector';

/** y = x * factor */
export function dropout(chunk: i32): void {
  const first = firstElement(chunk);
  const at = 4 * <usize>first;
  dropRow(pointer(2) + at, pointer(3) + at, <u64>first, lastElement(chunk) - first, 4);
}

/** The same for `count` elements, of which the first is number `first` of the mask at `place`. */
export function dropRow(x: usize, y: usize, first: u64, count: i32, place: usize): void {
  for (let done = 0; done < count; done += DRAWN_FLOATS) {
    const end = min(count, done + DRAWN_FLOATS);
    let factors = draw(first + <u64>done, end - done, place);
    for (let i = done; i < end; i += 4, factors += 16) {
      const at = 4 * <usize>i;
      storeUpTo(y + at, f32x4.mul(v128.load(x + at), v128.load(factors)), end - i);
    }
  }
}

/** y = residual + x * factor */
export function dropoutAdd(chunk: i32): void {
  const first = firstElement(chunk);
  addDropped(
    pointer(2) + 4 * <usize>first,
    pointer(3) + 4 * <usize>first,
    pointer(4) + 4 * <usize>first,
    <u64>first,
    lastElement(chunk) - first,
    5,
  );
}

/** The same for `count` elements, of which the first is number `first` of the mask at `place`. */
export function addDropped(x: usize, residual: usize, y: usize, first: u64, count: i32, place: usize): void {
  for (let done = 0; done < count; done += DRAWN_FLOATS) {
    const end = min(count, done + DRAWN_FLOATS);
    let factors = draw(first + <u64>done, end - done, place);
    for (let i = done; i < end; i += 4, factors += 16) {
      const at = 4 * <usize>i;
      storeUpTo(y + at, multiplyAdd(v128.load(x + at), v128.load(factors), v128.load(residual + at)), end - i);
    }
  }
}

/** y = gelu(x) * factor; integers: size, grain, x, y, tanh, mask */
export function geluDropout(chunk: i32): void {
  const first = firstElement(chunk);
  const at = 4 * <usize>first;
  activate(pointer(2) + at, pointer(3) + at, <u64>first, lastElement(chunk) - first, 4);
}

/** The same for `count` elements, of which the first is number `first`; tanh and the mask are the job's integers from `place`. */
export function activate(x: usize, y: usize, first: u64, count: i32, place: usize): void {
  geluRow(x, y, count, integer(place) != 0);
  if (integer(place + 1) != 0) dropRow(y, y, first, count, place + 1);
}

/** dx = dy * factor * gelu'(x); integers: size, grain, x, dy, dx, tanh, mask */
export function geluDropoutBackward(chunk: i32): void {
  const first = firstElement(chunk);
  const count = lastElement(chunk) - first;
  const at = 4 * <usize>first;
  const dx = pointer(4) + at;
  slopeRow(pointer(2) + at, pointer(3) + at, dx, 0, count, integer(5) != 0);
  if (integer(6) != 0) dropRow(dx, dx, <u64>first, count, 6);
}

/** The same, dx in the place of dy, and gelu(x) * factor in the place of x; integers: size, grain, x, dy, tanh, mask */
export function geluDropoutBoth(chunk: i32): void {
  const first = firstElement(chunk);
  const count = lastElement(chunk) - first;
  const x = pointer(2) + 4 * <usize>first;
  const dy = pointer(3) + 4 * <usize>first;
  slopeRow(x, dy, dy, x, count, integer(4) != 0);
  if (integer(5) != 0) dropRows(x, dy, <u64>first, count);
}

function dropRows(x: usize, dy: usize, first: u64, count: i32): void {
  for (let done = 0; done < count; done += DRAWN_FLOATS) {
    const end = min(count, done + DRAWN_FLOATS);
    let factors = draw(first + <u64>done, end - done, 5);
    for (let i = done; i < end; i += 4, factors += 16) {
      const at = 4 * <usize>i;
      storeUpTo(x + at, f32x4.mul(v128.load(x + at), v128.load(factors)), end - i);
      storeUpTo(dy + at, f32x4.mul(v128.load(dy + at), v128.load(factors)), end - i);
    }
  }
}
