// Sums in float64 of many floats, in 16 lanes, so that no addition waits for the previous one.

const LANES: i32 = 16;

/** Sets 16 sums to zero. */
export function clearDoubles(sums: usize): void {
  memory.fill(sums, 0, 8 * LANES);
}

/**
 * Adds x, or its squares, to the 16 sums.
 * @param sums their address, behind which is room for 16 floats
 */
export function addDoubles(sums: usize, x: usize, count: i32, squared: bool): void {
  const whole = count & -LANES;
  addWhole(sums, x, whole, squared);
  if (whole == count) return;
  const rest = sums + 8 * LANES;
  memory.fill(rest, 0, 4 * LANES);
  memory.copy(rest, x + 4 * <usize>whole, 4 * <usize>(count - whole));
  addWhole(sums, rest, LANES, squared);
}

function addWhole(sums: usize, x: usize, count: i32, squared: bool): void {
  let a = v128.load(sums);
  let b = v128.load(sums, 16);
  let c = v128.load(sums, 32);
  let d = v128.load(sums, 48);
  let e = v128.load(sums, 64);
  let f = v128.load(sums, 80);
  let g = v128.load(sums, 96);
  let h = v128.load(sums, 112);
  if (squared)
    for (let i = 0; i < count; i += LANES, x += 64) {
      a = addSquare(a, v128.load64_zero(x));
      b = addSquare(b, v128.load64_zero(x, 8));
      c = addSquare(c, v128.load64_zero(x, 16));
      d = addSquare(d, v128.load64_zero(x, 24));
      e = addSquare(e, v128.load64_zero(x, 32));
      f = addSquare(f, v128.load64_zero(x, 40));
      g = addSquare(g, v128.load64_zero(x, 48));
      h = addSquare(h, v128.load64_zero(x, 56));
    }
  else
    for (let i = 0; i < count; i += LANES, x += 64) {
      a = f64x2.add(a, f64x2.promote_low_f32x4(v128.load64_zero(x)));
      b = f64x2.add(b, f64x2.promote_low_f32x4(v128.load64_zero(x, 8)));
      c = f64x2.add(c, f64x2.promote_low_f32x4(v128.load64_zero(x, 16)));
      d = f64x2.add(d, f64x2.promote_low_f32x4(v128.load64_zero(x, 24)));
      e = f64x2.add(e, f64x2.promote_low_f32x4(v128.load64_zero(x, 32)));
      f = f64x2.add(f, f64x2.promote_low_f32x4(v128.load64_zero(x, 40)));
      g = f64x2.add(g, f64x2.promote_low_f32x4(v128.load64_zero(x, 48)));
      h = f64x2.add(h, f64x2.promote_low_f32x4(v128.load64_zero(x, 56)));
    }
  v128.store(sums, a);
  v128.store(sums, b, 16);
  v128.store(sums, c, 32);
  v128.store(sums, d, 48);
  v128.store(sums, e, 64);
  v128.store(sums, f, 80);
  v128.store(sums, g, 96);
  v128.store(sums, h, 112);
}

/** a + x^2 of two floats */
function addSquare(a: v128, x: v128): v128 {
  const value = f64x2.promote_low_f32x4(x);
  return f64x2.add(a, f64x2.mul(value, value));
}

/** All sums together. */
export function totalOf(sums: usize): f64 {
  const low = f64x2.add(
    f64x2.add(v128.load(sums), v128.load(sums, 16)),
    f64x2.add(v128.load(sums, 32), v128.load(sums, 48)),
  );
  const high = f64x2.add(
    f64x2.add(v128.load(sums, 64), v128.load(sums, 80)),
    f64x2.add(v128.load(sums, 96), v128.load(sums, 112)),
  );
  const both = f64x2.add(low, high);
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}
