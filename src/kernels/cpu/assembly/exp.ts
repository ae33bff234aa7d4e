// Exponentials of whole rows, and logarithms. The polynomial is a minimax fit of our own.
import { scratch } from './job';
import { SHIFT } from './scratch';
import { constant, multiplyAdd, storeUpTo } from './vector';

const EXP = memory.data<f32>([
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

/**
 * y = exp(x - shift), for differences up to 88.37, with relative error below 2e-7; 0 for those below -87.33. x and y may be
 * one. What the loop needs is loaded before it: V8 keeps that in registers, and would build constants anew at every use.
 */
export function expRow(x: usize, y: usize, count: i32, shift: f32): void {
  store<f32>(scratch() + SHIFT, shift);
  const shifts = v128.load_splat<f32>(scratch() + SHIFT);
  const smallest = constant(EXP, 0);
  const inverseLog = constant(EXP, 1);
  const magic = constant(EXP, 2);
  const logHigh = constant(EXP, 3);
  const logLow = constant(EXP, 4);
  const power5 = constant(EXP, 5);
  const power4 = constant(EXP, 6);
  const power3 = constant(EXP, 7);
  const power2 = constant(EXP, 8);
  const power1 = constant(EXP, 9);
  const one = constant(EXP, 10);
  for (let left = count; left > 0; left -= 4, x += 16, y += 16) {
    const difference = f32x4.sub(v128.load(x), shifts);
    const clamped = f32x4.pmax(difference, smallest);
    const shifted = multiplyAdd(clamped, inverseLog, magic);
    const n = f32x4.sub(shifted, magic); // the difference / ln 2 to the nearest integer
    let r = multiplyAdd(n, logHigh, clamped);
    r = multiplyAdd(n, logLow, r);
    let p = multiplyAdd(r, power5, power4);
    p = multiplyAdd(r, p, power3);
    p = multiplyAdd(r, p, power2);
    p = multiplyAdd(r, p, power1);
    p = multiplyAdd(f32x4.mul(r, r), p, f32x4.add(r, one));
    const scaled = i32x4.add(p, i32x4.shl(shifted, 23)); // times 2^n: n joins the exponent
    storeUpTo(y, v128.andnot(scaled, f32x4.lt(difference, smallest)), left);
  }
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
