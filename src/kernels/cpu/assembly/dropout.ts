// The hash of random.ts in four integer lanes.
import { firstElement, lastElement } from './elementwise';
import { integer, pointer, real } from './job';
import { storeUpTo } from './vector';

/** y = x * scale where the element's hash reaches the threshold, else 0. A chunk never crosses a multiple of 2^24. */
export function dropout(chunk: i32): void {
  const last = lastElement(chunk);
  const x = pointer(2);
  const y = pointer(3);
  const threshold = i32x4.splat(integer(4));
  const scale = f32x4.splat(real(0));
  const start = firstElement(chunk);
  const high = start >> 24;
  const k0 = integer(5) & 4095;
  const k1 = integer(5) >> 12;
  const k2 = integer(6) & 4095;
  const k3 = integer(6) >> 12;
  const key0 = i32x4.splat(k0 + high);
  const key1 = i32x4.splat(k1 + 5 * high);
  const key2 = i32x4.splat(k2);
  const key3 = i32x4.splat(k3 + 3 * high);
  const key4 = i32x4.splat(k0 + k2 + 1013);
  const key5 = i32x4.splat(k1 + k3 + 2531);
  const half = i32x4.splat(integer(7)); // 4095 as a parameter: a constant would be built anew at every use
  const four = i32x4.splat(integer(8));
  let counter = i32x4.add(i32x4.splat(start & 0xffffff), i32x4(0, 1, 2, 3));
  for (let i = start; i < last; i += 4) {
    let a = i32x4.shr_u(counter, 12);
    let b = v128.and(counter, half);
    a = round(half, a, b, key0);
    b = round(half, b, a, key1);
    a = round(half, a, b, key2);
    b = round(half, b, a, key3);
    a = round(half, a, b, key4);
    b = round(half, b, a, key5);
    const dropped = i32x4.lt_s(v128.or(i32x4.shl(v128.and(a, half), 12), v128.and(b, half)), threshold);
    const at = <usize>i * 4;
    storeUpTo(y + at, v128.andnot(f32x4.mul(v128.load(x + at), scale), dropped), last - i);
    counter = i32x4.add(counter, four);
  }
}

/** high + floor(q^2 / 64), q = low + key mod 4096: q fits 16 bits, so the dot product of pairs is its square. The sum mod 4096 is taken later. */
function round(half: v128, high: v128, low: v128, key: v128): v128 {
  const q = v128.and(i32x4.add(low, key), half);
  return i32x4.add(high, i32x4.shr_u(i32x4.dot_i16x8_s(q, q), 6));
}
