import { firstElement, lastElement } from './elementwise';
import { expRow } from './pairs/joined';
import { Exp, Relu, ReluBackward, Tanh, TanhBackward } from './jobs.generated';
import { constant, multiplyAdd, storeUpTo } from './arithmetic/vector';

const TANH = memory.data<f32>([
  1,
  0.2, // below it 1 - exp(-2 |x|) loses digits, and the following terms of the series are exact enough
  -0.05396825396825397, // -17 / 315, the factor of x^7
  0.13333333333333333,
  -0.3333333333333333,
]);

/** y = e^x, as the square of e^(x / 2), which is in expRow's range whenever e^x is in float32's */
export function exp(chunk: i32): void {
  const last = lastElement(chunk);
  const first = firstElement(chunk);
  let x = Exp.x + 4 * <usize>first;
  let y = Exp.y + 4 * <usize>first;
  expRow(x, y, last - first, 0.5, 0);
  const most = f32x4.splat(89);
  const infinity = f32x4.splat(Infinity);
  for (let left = last - first; left > 0; left -= 4, x += 16, y += 16) {
    const root = v128.load(y);
    storeUpTo(y, v128.bitselect(infinity, f32x4.mul(root, root), f32x4.gt(v128.load(x), most)), left);
  }
}

/** y = tanh(x) = (1 - e) / (1 + e) with x's sign and e = exp(-2 |x|), which cannot overflow */
export function tanh(chunk: i32): void {
  const first = firstElement(chunk);
  const count = lastElement(chunk) - first;
  const x = Tanh.x + 4 * <usize>first;
  const y = Tanh.y + 4 * <usize>first;
  for (let i = 0; i < count; i += 4) {
    const at = 4 * <usize>i;
    storeUpTo(y + at, f32x4.abs(v128.load(x + at)), count - i);
  }
  expRow(y, y, count, -2, 0);
  const one = constant(TANH, 0);
  const small = constant(TANH, 1);
  const power7 = constant(TANH, 2);
  const power5 = constant(TANH, 3);
  const power3 = constant(TANH, 4);
  const sign = i32x4.splat(0x80000000);
  for (let i = 0; i < count; i += 4) {
    const at = 4 * <usize>i;
    const value = v128.load(x + at);
    const e = v128.load(y + at);
    const size = f32x4.div(f32x4.sub(one, e), f32x4.add(one, e));
    const square = f32x4.mul(value, value);
    let series = multiplyAdd(square, power7, power5);
    series = multiplyAdd(square, series, power3);
    series = multiplyAdd(f32x4.mul(square, value), series, value);
    const isSmall = f32x4.lt(f32x4.abs(value), small);
    storeUpTo(y + at, v128.bitselect(series, v128.bitselect(value, size, sign), isSmall), count - i);
  }
}

/** dx = dy * (1 - y^2) */
export function tanhBackward(chunk: i32): void {
  const last = lastElement(chunk);
  const one = f32x4.splat(1);
  for (let i = firstElement(chunk); i < last; i += 4) {
    const at = 4 * <usize>i;
    const y = v128.load(TanhBackward.y + at);
    const slope = f32x4.sub(one, f32x4.mul(y, y));
    storeUpTo(TanhBackward.dx + at, f32x4.mul(v128.load(TanhBackward.dy + at), slope), last - i);
  }
}

/** y = max(x, 0); NaN stays NaN */
export function relu(chunk: i32): void {
  const last = lastElement(chunk);
  const zero = f32x4.splat(0);
  for (let i = firstElement(chunk); i < last; i += 4) {
    const at = 4 * <usize>i;
    const x = v128.load(Relu.x + at);
    storeUpTo(Relu.y + at, v128.andnot(x, f32x4.lt(x, zero)), last - i);
  }
}

/** dx = dy where y > 0, else 0 */
export function reluBackward(chunk: i32): void {
  const last = lastElement(chunk);
  const zero = f32x4.splat(0);
  for (let i = firstElement(chunk); i < last; i += 4) {
    const at = 4 * <usize>i;
    const positive = f32x4.gt(v128.load(ReluBackward.y + at), zero);
    storeUpTo(ReluBackward.dx + at, v128.and(v128.load(ReluBackward.dy + at), positive), last - i);
  }
}
