// Exponentials and the two curves GELU is made of, four lanes at a time. Polynomials are minimax fits of our own.
import { multiplyAdd } from './vector';

const LARGEST: f32 = 88.37; // beyond it 2^n leaves the floats
const SMALLEST: f32 = -87.33; // below it exp(x) is no normal float: 0 here

/** exp(x) with relative error below 2e-7 for x <= 88.37 (larger x count as that); 0 below -87.33. */
export function exp(x: v128): v128 {
  const clamped = f32x4.max(f32x4.min(x, f32x4.splat(LARGEST)), f32x4.splat(SMALLEST));
  const n = f32x4.nearest(f32x4.mul(clamped, f32x4.splat(1.44269504)));
  let r = multiplyAdd(n, f32x4.splat(-0.693359375), clamped); // ln 2 in two parts, n times the first is exact
  r = multiplyAdd(n, f32x4.splat(2.12194440e-4), r);
  let p = multiplyAdd(r, f32x4.splat(0.0013814319), f32x4.splat(0.0083688507));
  p = multiplyAdd(r, p, f32x4.splat(0.0416684));
  p = multiplyAdd(r, p, f32x4.splat(0.1666652));
  p = multiplyAdd(r, p, f32x4.splat(0.49999994));
  p = multiplyAdd(f32x4.mul(r, r), p, f32x4.add(r, f32x4.splat(1)));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.andnot(f32x4.mul(p, power), f32x4.lt(x, f32x4.splat(SMALLEST)));
}

/** 1 / (1 + exp(-x)) = (1 + tanh(x / 2)) / 2 */
export function sigmoid(x: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), exp(f32x4.neg(x))));
}

/** exp(-x^2 / 2) */
export function gaussian(x: v128): v128 {
  return exp(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5)));
}

/** The normal distribution (1 + erf(x / sqrt 2)) / 2, given gaussian(x): its upper tail is gaussian(x) times a curve in 1 / (1 + 0.3 |x|). */
export function normal(x: v128, gaussian: v128): v128 {
  const t = f32x4.div(f32x4.splat(1), multiplyAdd(f32x4.abs(x), f32x4.splat(0.3), f32x4.splat(1)));
  let p = multiplyAdd(t, f32x4.splat(0.03567564859986305), f32x4.splat(-0.15720681846141815));
  p = multiplyAdd(t, p, f32x4.splat(0.20636005699634552));
  p = multiplyAdd(t, p, f32x4.splat(-0.053689755499362946));
  p = multiplyAdd(t, p, f32x4.splat(0.12856489419937134));
  p = multiplyAdd(t, p, f32x4.splat(0.09991250187158585));
  p = multiplyAdd(t, p, f32x4.splat(0.12075411528348923));
  p = multiplyAdd(t, p, f32x4.splat(0.11962928622961044));
  const tail = f32x4.mul(f32x4.mul(t, p), gaussian);
  return v128.bitselect(tail, f32x4.sub(f32x4.splat(1), tail), f32x4.lt(x, f32x4.splat(0)));
}

/** The natural logarithm of a positive normal number: log m by its series in (m - 1) / (m + 1), m within sqrt(2) of 1. */
export function log(x: f64): f64 {
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
