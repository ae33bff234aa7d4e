// Dropout masks: the hash of random.ts in four integer lanes, two vectors at a time to hide its latency.
import { integer, real, scratch } from './job';
import { DRAWN, DRAWN_FLOATS, KEYS } from './scratch';

const LANES = memory.data<i32>([0, 1, 2, 3]);

/**
 * Draws for `count` (at most DRAWN_FLOATS) elements from number `first` on: what each is to be multiplied by, 1 / (1 - rate)
 * or 0. The threshold of random.ts and the key's low and high part are the job's integers from `place`, 1 / (1 - rate) its
 * real 1.
 * @returns the address of the factors, good until the next draw of this thread
 */
export function draw(first: u64, count: i32, place: usize): usize {
  const target = scratch() + DRAWN;
  if (integer(place) == 0) {
    const all = f32x4.splat(real(1));
    for (let at = target, end = target + 4 * <usize>count; at < end; at += 16) v128.store(at, all);
    return target;
  }
  for (let done = 0; done < count;) {
    const counter = <i32>(first & 0xffffff);
    const part = min(count - done, 0x1000000 - counter);
    prepareKeys(<i32>(first >> 24), place);
    drawPart(counter, part, target + 4 * <usize>done);
    done += part;
    first += <u64>part;
  }
  return target;
}

/** Vectors are loaded from memory since V8 builds a splat anew at every use. */
function prepareKeys(high: i32, place: usize): void {
  const low = integer(place + 1);
  const k0 = low & 4095;
  const k1 = low >> 12;
  const k2 = integer(place + 2) & 4095;
  const k3 = integer(place + 2) >> 12;
  const keys = scratch() + KEYS;
  v128.store(keys, i32x4.splat(k0 + high));
  v128.store(keys, i32x4.splat(k1 + 5 * high), 16);
  v128.store(keys, i32x4.splat(k2), 32);
  v128.store(keys, i32x4.splat(k3 + 3 * high), 48);
  v128.store(keys, i32x4.splat(k0 + k2 + 1013), 64);
  v128.store(keys, i32x4.splat(k1 + k3 + 2531), 80);
  v128.store(keys, i32x4.splat(4095), 96);
  v128.store(keys, i32x4.splat(4), 112);
  v128.store(keys, i32x4.splat(integer(place)), 128);
  v128.store(keys, f32x4.splat(real(1)), 144);
}

/** May write up to seven factors too many. */
function drawPart(start: i32, count: i32, target: usize): void {
  const keys = scratch() + KEYS;
  const key0 = v128.load(keys);
  const key1 = v128.load(keys, 16);
  const key2 = v128.load(keys, 32);
  const key3 = v128.load(keys, 48);
  const key4 = v128.load(keys, 64);
  const key5 = v128.load(keys, 80);
  const half = v128.load(keys, 96);
  let counter = i32x4.add(i32x4.splat(start), v128.load(LANES));
  for (const end = target + 4 * <usize>count; target < end; target += 32) {
    let a = i32x4.shr_u(counter, 12);
    let b = v128.and(counter, half);
    counter = i32x4.add(counter, v128.load(keys, 112));
    let c = i32x4.shr_u(counter, 12);
    let d = v128.and(counter, half);
    counter = i32x4.add(counter, v128.load(keys, 112));
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
    v128.store(target, factor(keys, half, a, b));
    v128.store(target, factor(keys, half, c, d), 16);
  }
}

/** high + floor(q^2 / 64), q = low + key mod 4096: q fits 16 bits, so the dot product of pairs is its square. The sum mod 4096 is taken later. */
function round(half: v128, high: v128, low: v128, key: v128): v128 {
  const q = v128.and(i32x4.add(low, key), half);
  return i32x4.add(high, i32x4.shr_u(i32x4.dot_i16x8_s(q, q), 6));
}

function factor(keys: usize, half: v128, high: v128, low: v128): v128 {
  const hash = v128.or(i32x4.shl(v128.and(high, half), 12), v128.and(low, half));
  return v128.andnot(v128.load(keys, 144), i32x4.lt_s(hash, v128.load(keys, 128)));
}
