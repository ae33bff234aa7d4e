// Dropout alone and with what stands before or after it. Each treats a piece of a row at a time, small enough for the
// first-level cache, and multiplies by the factors that `draw` gives.
import { DRAWN_FLOATS } from './scratch';
import { draw } from './draw';
import { firstElement, lastElement } from './elementwise';
import { activation, slope } from './gelu';
import { integer, pointer } from './job';
import { multiplyAdd, storeUpTo } from './vector';

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
  const tanh = integer(place) != 0;
  for (let done = 0; done < count; done += DRAWN_FLOATS) {
    const end = min(count, done + DRAWN_FLOATS);
    let factors = draw(first + <u64>done, end - done, place + 1);
    for (let i = done; i < end; i += 4, factors += 16) {
      const at = 4 * <usize>i;
      storeUpTo(y + at, f32x4.mul(activation(v128.load(x + at), tanh), v128.load(factors)), end - i);
    }
  }
}

/** dx = dy * factor * gelu'(x) */
export function geluDropoutBackward(chunk: i32): void {
  const first = firstElement(chunk);
  const count = lastElement(chunk) - first;
  const x = pointer(2) + 4 * <usize>first;
  const dy = pointer(3) + 4 * <usize>first;
  const dx = pointer(4) + 4 * <usize>first;
  const tanh = integer(5) != 0;
  for (let done = 0; done < count; done += DRAWN_FLOATS) {
    const end = min(count, done + DRAWN_FLOATS);
    let factors = draw(<u64>(first + done), end - done, 6);
    for (let i = done; i < end; i += 4, factors += 16) {
      const at = 4 * <usize>i;
      const dropped = f32x4.mul(v128.load(dy + at), v128.load(factors));
      storeUpTo(dx + at, f32x4.mul(dropped, slope(v128.load(x + at), tanh)), end - i);
    }
  }
}
