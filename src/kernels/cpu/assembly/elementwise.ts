// Kernels that treat every element alike. Chunk i takes the elements from i * grain.
import { Add, AddBias, Elements, Fill } from './jobs.generated';
import { loadUpTo, storeUpTo } from './arithmetic/vector';

/** The first element (or row) of a chunk, and the first behind it. */
export function firstElement(chunk: i32): i32 {
  return chunk * Elements.grain;
}

export function lastElement(chunk: i32): i32 {
  return min(Elements.size, (chunk + 1) * Elements.grain);
}

/** y = a + b */
export function add(chunk: i32): void {
  const last = lastElement(chunk);
  const a = Add.a;
  const b = Add.b;
  const y = Add.y;
  for (let i = firstElement(chunk); i < last; i += 4) {
    const at = <usize>i * 4;
    storeUpTo(y + at, f32x4.add(v128.load(a + at), v128.load(b + at)), last - i);
  }
}

/** y = value, or with an x: y = value * x[0] */
export function fill(chunk: i32): void {
  const last = lastElement(chunk);
  const x = Fill.x;
  const value = f32x4.splat(x == 0 ? Fill.value : Fill.value * load<f32>(x));
  for (let i = firstElement(chunk); i < last; i += 4) storeUpTo(Fill.y + <usize>i * 4, value, last - i);
}

/** y[r, c] = x[r, c] + bias[c]; chunks of rows */
export function addBias(chunk: i32): void {
  const columns = AddBias.columns;
  const x = AddBias.x;
  const bias = AddBias.bias;
  const y = AddBias.y;
  for (let row = firstElement(chunk), last = lastElement(chunk); row < last; row++) {
    const start = <usize>row * columns * 4;
    for (let c = 0; c < columns; c += 4) {
      const at = start + <usize>c * 4;
      storeUpTo(y + at, f32x4.add(v128.load(x + at), v128.load(bias + <usize>c * 4)), columns - c);
    }
  }
}
