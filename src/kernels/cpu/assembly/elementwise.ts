// Elementwise kernels. Chunk i has `grain` elements from i * grain on.
import { Add, AddBias, Affine, Copy, Elements, Fill, Mul, Reciprocal } from './jobs.generated';
import { loadUpTo, multiplyAdd, storeUpTo } from './arithmetic/vector';

/** The first element (or row) of a chunk; `lastElement` is one past its last. */
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

/** y[i] = a[i] * b[i % period] */
export function mul(chunk: i32): void {
  const period = Mul.period;
  const first = firstElement(chunk);
  const last = lastElement(chunk);
  if (period == 1) return affineRow(Mul.a, Mul.y, first, last, load<f32>(Mul.b), 0);
  for (let i = first, count = 0; i < last; i += count) {
    const column = i % period;
    count = min(last - i, period - column);
    const a = Mul.a + <usize>i * 4;
    const b = Mul.b + <usize>column * 4;
    const y = Mul.y + <usize>i * 4;
    for (let j = 0; j < count; j += 4) {
      const at = <usize>j * 4;
      storeUpTo(y + at, f32x4.mul(v128.load(a + at), v128.load(b + at)), count - j);
    }
  }
}

/** y = factor * x + term */
export function affine(chunk: i32): void {
  affineRow(Affine.x, Affine.y, firstElement(chunk), lastElement(chunk), Affine.factor, Affine.term);
}

function affineRow(x: usize, y: usize, first: i32, last: i32, factor: f32, term: f32): void {
  const factors = f32x4.splat(factor);
  const terms = f32x4.splat(term);
  for (let i = first; i < last; i += 4) {
    const at = <usize>i * 4;
    storeUpTo(y + at, multiplyAdd(v128.load(x + at), factors, terms), last - i);
  }
}

/** y = 1 / x */
export function reciprocal(chunk: i32): void {
  const last = lastElement(chunk);
  const one = f32x4.splat(1);
  const x = Reciprocal.x;
  const y = Reciprocal.y;
  for (let i = firstElement(chunk); i < last; i += 4) {
    const at = <usize>i * 4;
    storeUpTo(y + at, f32x4.div(one, v128.load(x + at)), last - i);
  }
}

/** y = value, or value * x[0] if there is an x */
export function fill(chunk: i32): void {
  const last = lastElement(chunk);
  const x = Fill.x;
  const value = f32x4.splat(x == 0 ? Fill.value : Fill.value * load<f32>(x));
  for (let i = firstElement(chunk); i < last; i += 4) storeUpTo(Fill.y + <usize>i * 4, value, last - i);
}

/** y = x */
export function copy(chunk: i32): void {
  const first = firstElement(chunk);
  const at = 4 * <usize>first;
  memory.copy(Copy.y + at, Copy.x + at, 4 * <usize>(lastElement(chunk) - first));
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
