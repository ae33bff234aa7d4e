// Dropout, alone and fused with the ops before or after it. Each works on a piece of a row at a time, small enough for the L1
// cache, and multiplies by the factors from `draw`.
import { DRAWN_FLOATS } from './memory/scratch';
import { draw } from './dropoutMask';
import { firstElement, lastElement } from './elementwise';
import { geluRow, slopeRow } from './gelu';
import { Dropout, DropoutAdd, GeluDropout, GeluDropoutBackward, GeluDropoutBoth, Mask } from './jobs.generated';
import { multiplyAdd, storeUpTo } from './arithmetic/vector';

/** y = x * factor */
export function dropout(chunk: i32): void {
  const first = firstElement(chunk);
  const at = 4 * <usize>first;
  dropRow(Dropout.x + at, Dropout.y + at, <u64>first, lastElement(chunk) - first);
}

/** The same for `count` elements, of which the first is number `first` of the mask. */
export function dropRow(x: usize, y: usize, first: u64, count: i32): void {
  for (let done = 0; done < count; done += DRAWN_FLOATS) {
    const end = min(count, done + DRAWN_FLOATS);
    let factors = draw(first + <u64>done, end - done);
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
    DropoutAdd.x + 4 * <usize>first,
    DropoutAdd.residual + 4 * <usize>first,
    DropoutAdd.y + 4 * <usize>first,
    <u64>first,
    lastElement(chunk) - first,
  );
}

/** The same for `count` elements, of which the first is number `first` of the mask. */
export function addDropped(x: usize, residual: usize, y: usize, first: u64, count: i32): void {
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
export function activate(x: usize, y: usize, first: u64, count: i32, tanh: bool): void {
  geluRow(x, y, count, tanh);
  if (Mask.threshold != 0) dropRow(y, y, first, count);
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
  slopeRow(x, dy, dy, x, count, GeluDropoutBoth.tanh);
  if (Mask.threshold != 0) dropRows(x, dy, <u64>first, count);
}

function dropRows(x: usize, dy: usize, first: u64, count: i32): void {
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
