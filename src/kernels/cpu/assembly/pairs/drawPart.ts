// The hash of random.ts in integer lanes, two vectors at a time to hide its latency.

const TABLE = memory.data<i32>([0, 1, 2, 3, 4, 5, 6, 7, 8, 4095]);

/**
 * Draws the multipliers of `count` elements from counter `start` (24 bits) on. May write up to seven too many. Constants come from
 * memory, since V8 rebuilds a splat at every use.
 * @param keys address of the six round keys, the threshold below which an element is dropped, and the factor of the others
 */
export function drawPart(keys: usize, start: i32, count: i32, target: usize): void {
  const key0 = v128.load_splat<i32>(keys);
  const key1 = v128.load_splat<i32>(keys, 4);
  const key2 = v128.load_splat<i32>(keys, 8);
  const key3 = v128.load_splat<i32>(keys, 12);
  const key4 = v128.load_splat<i32>(keys, 16);
  const key5 = v128.load_splat<i32>(keys, 20);
  const half = v128.load_splat<i32>(TABLE, 36);
  let low = i32x4.add(i32x4.splat(start), v128.load(TABLE));
  let high = i32x4.add(i32x4.splat(start), v128.load(TABLE, 16));
  for (const end = target + 4 * <usize>count; target < end; target += 32) {
    let a = i32x4.shr_u(low, 12);
    let c = i32x4.shr_u(high, 12);
    let b = v128.and(low, half);
    let d = v128.and(high, half);
    low = i32x4.add(low, v128.load_splat<i32>(TABLE, 32));
    high = i32x4.add(high, v128.load_splat<i32>(TABLE, 32));
    a = round(half, a, b, key0);
    c = round(half, c, d, key0);
    b = round(half, b, a, key1);
    d = round(half, d, c, key1);
    a = round(half, a, b, key2);
    c = round(half, c, d, key2);
    b = round(half, b, a, key3);
    d = round(half, d, c, key3);
    a = round(half, a, b, key4);
    c = round(half, c, d, key4);
    b = round(half, b, a, key5);
    d = round(half, d, c, key5);
    const lowFactor = factor(keys, half, a, b);
    const highFactor = factor(keys, half, c, d);
    v128.store(target, lowFactor); // consecutive stores without a load in between: otherwise V8 does not join them
    v128.store(target, highFactor, 16);
  }
}

/** high + floor(q^2 / 64), q = low + key mod 4096: q fits 16 bits, so the dot product of pairs is its square. The sum mod 4096 is taken later. */
function round(half: v128, high: v128, low: v128, key: v128): v128 {
  const q = v128.and(i32x4.add(low, key), half);
  return i32x4.add(high, i32x4.shr_u(i32x4.dot_i16x8_s(q, q), 6));
}

function factor(keys: usize, half: v128, high: v128, low: v128): v128 {
  const hash = v128.or(i32x4.shl(v128.and(high, half), 12), v128.and(low, half));
  return v128.andnot(v128.load_splat<i32>(keys, 28), i32x4.lt_s(hash, v128.load_splat<i32>(keys, 24)));
}
