// Kernels that treat every element alike. Chunk i takes the elements from i * grain.
import { integer, pointer, real } from './memory/job';
import { loadUpTo, storeUpTo } from './arithmetic/vector';

/** The parameters with which every elementwise kernel begins: size, grain. */
export function firstElement(chunk: i32): i32 {
  return chunk * integer(1);
}

export function lastElement(chunk: i32): i32 {
  return min(integer(0), (chunk + 1) * integer(1));
}

/** y = a + b */
export function add(chunk: i32): void {
  const last = lastElement(chunk);
  const a = pointer(2);
  const b = pointer(3);
  const y = pointer(4);
  for (let i = firstElement(chunk); i < last; i += 4) {
    const at = <usize>i * 4;
    storeUpTo(y + at, f32x4.add(v128.load(a + at), v128.load(b + at)), last - i);
  }
}

/** y = value, or with an x: y = value * x[0] */
export function fill(chunk: i32): void {
  const last = lastElement(chunk);
  const x = pointer(3);
  const value = f32x4.splat(x == 0 ? real(0) : real(0) * load<f32>(x));
  for (let i = firstElement(chunk); i < last; i += 4) storeUpTo(pointer(2) + <usize>i * 4, value, last - i);
}

/** y[r, c] = x[r, c] + bias[c]; chunks of rows */
export function addBias(chunk: i32): void {
  const columns = integer(5);
  const x = pointer(2);
  const bias = pointer(3);
  const y = pointer(4);
  for (let row = firstElement(chunk), last = lastElement(chunk); row < last; row++) {
    const start = <usize>row * columns * 4;
    for (let c = 0; c < columns; c += 4) {
      const at = start + <usize>c * 4;
      storeUpTo(y + at, f32x4.add(v128.load(x + at), v128.load(bias + <usize>c * 4)), columns - c);
    }
  }
}
