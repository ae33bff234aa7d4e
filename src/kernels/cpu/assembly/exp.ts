// Exponentials and the two curves GELU is made of, four lanes at a time. The polynomials are minimax fits of our own.
import { constant, multiplyAdd } from './vector';

const EXP = memory.data<f32>([
  88.37, // beyond it 2^n leaves the floats
  -87.33, // below it exp(x) is no normal float
  1.44269504, // 1 / ln 2
  12582912, // 1.5 * 2^23: adding it leaves the nearest integer in the low bits
  -0.693359375, // -ln 2 in two parts, of which n times the first is exact
  2.1219444e-4,
  0.0013814319, // from here (exp(r) - 1 - r) / r^2 for |r| <= ln 2 / 2, highest power first
  0.0083688507,
  0.0416684,
  0.1666652,
  0.49999994,
  1,
]);

const NORMAL = memory.data<f32>([
  0.3,
  1,
  0.03567564859986305, // from here the tail over gaussian(x) by powers of t, highest first
  -0.15720681846141815,
  0.20636005699634552,
  -0.053689755499362946,
  0.12856489419937134,
  0.09991250187158585,
  0.12075411528348923,
  0.11962928622961044,
  -0.5,
]);

/** exp(x) with relative error below 2e-7 for x <= 88.37 (larger x count as that); 0 below -87.33. */
export function exp(x: v128): v128 {
  const smallest = constant(EXP, 1);
  const clamped = f32x4.pmax(f32x4.pmin(x, constant(EXP, 0)), smallest);
  const shift = constant(EXP, 3);
  const shifted = multiplyAdd(clamped, constant(EXP, 2), shift);
  const n = f32x4.sub(shifted, shift); // x / ln 2 to the nearest integer
  let r = multiplyAdd(n, constant(EXP, 4), clamped);
  r = multiplyAdd(n, constant(EXP, 5), r);
  const square = f32x4.mul(r, r); // in pairs (Estrin): a chain of additions would wait for each one's end
  let p = multiplyAdd(square, constant(EXP, 6), multiplyAdd(r, constant(EXP, 7), constant(EXP, 8)));
  p = multiplyAdd(square, p, multiplyAdd(r, constant(EXP, 9), constant(EXP, 10)));
  p = multiplyAdd(square, p, f32x4.add(r, constant(EXP, 11)));
  const scaled = i32x4.add(p, i32x4.shl(shifted, 23)); // times 2^n: n joins the exponent
  return v128.andnot(scaled, f32x4.lt(x, smallest));
}

/** exp(-x^2 / 2) */
export function gaussian(x: v128): v128 {
  return exp(f32x4.mul(f32x4.mul(x, x), constant(NORMAL, 10)));
}

/** The normal distribution (1 + erf(x / sqrt 2)) / 2, given gaussian(x): its tail is that times a curve in t = 1 / (1 + 0.3 |x|). */
export function normal(x: v128, gaussian: v128): v128 {
  const one = constant(NORMAL, 1);
  const t = f32x4.div(one, multiplyAdd(f32x4.abs(x), constant(NORMAL, 0), one));
  const square = f32x4.mul(t, t);
  const high = multiplyAdd(square, pair(t, 2), pair(t, 4));
  const p = multiplyAdd(f32x4.mul(square, square), high, multiplyAdd(square, pair(t, 6), pair(t, 8)));
  const tail = f32x4.mul(f32x4.mul(t, p), gaussian);
  return v128.bitselect(tail, f32x4.sub(one, tail), i32x4.shr_s(x, 31)); // by the sign of x
}

function pair(t: v128, i: usize): v128 {
  return multiplyAdd(t, constant(NORMAL, i), constant(NORMAL, i + 1));
}

/** The natural logarithm of a positive normal number (infinity and NaN stay what they are): log m by its series in (m - 1) / (m + 1), m within sqrt(2) of 1. */
export function log(x: f64): f64 {
  if (!(x < Infinity)) return x;
  const bits = reinterpret<u64>(x);
  let exponent = <i32>(bits >> 52) - 1023;
  let m = reinterpret<f64>((bits & 0xfffffffffffff) | 0x3ff0000000000000);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent += 1;
  }
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let series = 1.0 / 15.0;
  for (let n = 13.0; n > 0; n -= 2) series = series * z + 1.0 / n;
  return <f64>exponent * 0.6931471805599453 + 2 * s * series;
}
