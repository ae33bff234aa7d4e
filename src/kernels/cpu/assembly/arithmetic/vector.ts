// Four lanes at a time: fused multiply-add, rows whose length is not a multiple of four, sums over lanes.

/** a * b + c, rounded once if the build has relaxed SIMD and the processor a fused instruction. */
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Entry i of a table, in all lanes. Constants in the code are slow: V8 rebuilds them at every use. */
export function constant(table: usize, i: usize): v128 {
  return v128.load_splat<f32>(table + 4 * i);
}

/** A mask with the first `count` lanes set. */
export function lanes(count: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count));
}

/** Loads four floats and replaces all but the first `count`. Reading past an array is safe: memory extends beyond the last one. */
export function loadUpTo(address: usize, count: i32, filler: f32): v128 {
  const value = v128.load(address);
  return count >= 4 ? value : v128.bitselect(value, f32x4.splat(filler), lanes(count));
}

export function storeUpTo(address: usize, value: v128, count: i32): void {
  if (count >= 4) v128.store(address, value);
  else storePart(address, value, count);
}

function storePart(address: usize, value: v128, count: i32): void {
  store<f32>(address, f32x4.extract_lane(value, 0));
  if (count > 1) store<f32>(address, f32x4.extract_lane(value, 1), 4);
  if (count > 2) store<f32>(address, f32x4.extract_lane(value, 2), 8);
}

export function sumLanes(v: v128): f32 {
  const pairs = f32x4.add(v, i32x4.shuffle(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** The sum of four vectors' lanes. */
export function sumFour(a: v128, b: v128, c: v128, d: v128): f32 {
  return sumLanes(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
}

function maxLanes(v: v128): f32 {
  const pairs = f32x4.max(v, i32x4.shuffle(v, v, 2, 3, 0, 1));
  return max(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1));
}

/** The sum of a row, in four vectors so that no addition waits for the previous one. */
export function sumOf(x: usize, columns: i32): f32 {
  let a = f32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  let i = 0;
  for (; i + 16 <= columns; i += 16, x += 64) {
    a = f32x4.add(a, v128.load(x));
    b = f32x4.add(b, v128.load(x, 16));
    c = f32x4.add(c, v128.load(x, 32));
    d = f32x4.add(d, v128.load(x, 48));
  }
  for (; i < columns; i += 4, x += 16) a = f32x4.add(a, loadUpTo(x, columns - i, 0));
  return sumFour(a, b, c, d);
}

/** The sum of x * y over a row, added in the same order. */
export function sumOfProducts(x: usize, y: usize, columns: i32): f32 {
  let a = f32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  let i = 0;
  for (; i + 16 <= columns; i += 16, x += 64, y += 64) {
    a = multiplyAdd(v128.load(x), v128.load(y), a);
    b = multiplyAdd(v128.load(x, 16), v128.load(y, 16), b);
    c = multiplyAdd(v128.load(x, 32), v128.load(y, 32), c);
    d = multiplyAdd(v128.load(x, 48), v128.load(y, 48), d);
  }
  for (; i < columns; i += 4, x += 16, y += 16)
    a = multiplyAdd(loadUpTo(x, columns - i, 0), loadUpTo(y, columns - i, 0), a);
  return sumFour(a, b, c, d);
}

/** The largest value of a row, ignoring NaNs. */
export function largestOf(x: usize, columns: i32): f32 {
  let a = f32x4.splat(-Infinity);
  let b = a;
  let c = a;
  let d = a;
  let i = 0;
  for (; i + 16 <= columns; i += 16, x += 64) {
    a = f32x4.pmax(a, v128.load(x));
    b = f32x4.pmax(b, v128.load(x, 16));
    c = f32x4.pmax(c, v128.load(x, 32));
    d = f32x4.pmax(d, v128.load(x, 48));
  }
  for (; i < columns; i += 4, x += 16) a = f32x4.pmax(a, loadUpTo(x, columns - i, -Infinity));
  return maxLanes(f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d)));
}
