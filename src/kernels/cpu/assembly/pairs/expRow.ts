// Exponentials of whole rows.
import {
  INVERSE_LOG,
  LOG_HIGH,
  LOG_LOW,
  MAGIC,
  POWER1,
  POWER2,
  POWER3,
  POWER4,
  POWER5,
  SMALLEST,
} from '../../jobs/exponential';
import { constant, multiplyAdd, storeUpTo } from '../arithmetic/vector';

const EXP = memory.data<f32>([
  <f32>SMALLEST,
  <f32>INVERSE_LOG,
  <f32>MAGIC,
  <f32>LOG_HIGH,
  <f32>LOG_LOW,
  <f32>POWER5,
  <f32>POWER4,
  <f32>POWER3,
  <f32>POWER2,
  <f32>POWER1,
  1,
]);

/**
 * y = exp(scale * x - shift), for exponents up to 88.37, with relative error below 2e-7; 0 for those below -87.33. y may be x.
 * Constants are loaded before the loop: V8 keeps them in registers then, but would otherwise rebuild them at every use.
 */
export function expRow(x: usize, y: usize, count: i32, scale: f32, shift: f32): void {
  const scales = f32x4.splat(scale);
  const shifts = f32x4.splat(-shift);
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
  for (let left = count; left > 0; left -= 8, x += 32, y += 32) {
    const low = multiplyAdd(v128.load(x), scales, shifts);
    const high = multiplyAdd(v128.load(x, 16), scales, shifts);
    const lowClamped = f32x4.pmax(low, smallest);
    const highClamped = f32x4.pmax(high, smallest);
    const lowShifted = multiplyAdd(lowClamped, inverseLog, magic);
    const highShifted = multiplyAdd(highClamped, inverseLog, magic);
    const lowRest = remainder(lowClamped, f32x4.sub(lowShifted, magic), logHigh, logLow);
    const highRest = remainder(highClamped, f32x4.sub(highShifted, magic), logHigh, logLow);
    const lowPower = series(lowRest, power5, power4, power3, power2, power1, one);
    const highPower = series(highRest, power5, power4, power3, power2, power1, one);
    const lowScaled = i32x4.add(lowPower, i32x4.shl(lowShifted, 23)); // times 2^n: n is added to the exponent
    const highScaled = i32x4.add(highPower, i32x4.shl(highShifted, 23));
    const lowResult = v128.andnot(lowScaled, f32x4.lt(low, smallest));
    const highResult = v128.andnot(highScaled, f32x4.lt(high, smallest));
    if (left >= 8) {
      v128.store(y, lowResult);
      v128.store(y, highResult, 16);
    } else {
      storeUpTo(y, lowResult, left);
      if (left > 4) storeUpTo(y + 16, highResult, left - 4);
    }
  }
}

/** x - n ln 2, where n is the integer nearest to x / ln 2 */
function remainder(x: v128, n: v128, logHigh: v128, logLow: v128): v128 {
  return multiplyAdd(n, logLow, multiplyAdd(n, logHigh, x));
}

/** 1 + r + r^2 * the polynomial */
function series(r: v128, power5: v128, power4: v128, power3: v128, power2: v128, power1: v128, one: v128): v128 {
  let p = multiplyAdd(r, power5, power4);
  p = multiplyAdd(r, p, power3);
  p = multiplyAdd(r, p, power2);
  p = multiplyAdd(r, p, power1);
  return multiplyAdd(f32x4.mul(r, r), p, f32x4.add(r, one));
}
