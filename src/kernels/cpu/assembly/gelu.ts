import { exp, gaussian, normal, sigmoid } from './exp';
import { firstElement, lastElement } from './elementwise';
import { integer, pointer } from './job';
import { multiplyAdd, storeUpTo } from './vector';

const SLOPE: f32 = 0.7978845608; // sqrt(2 / pi)
const CUBIC: f32 = 0.044715;
const DENSITY: f32 = 0.3989422804; // 1 / sqrt(2 pi)
const WIDE: f32 = 30; // the curves' slopes are 0 long before

/** y = x * Phi(x), Phi exact or through tanh */
export function gelu(chunk: i32): void {
  const last = lastElement(chunk);
  const x = pointer(2);
  const y = pointer(3);
  const tanh = integer(4) != 0;
  for (let i = firstElement(chunk); i < last; i += 4) {
    const at = <usize>i * 4;
    const value = v128.load(x + at);
    const phi = tanh ? sigmoid(argument(value)) : normal(value, gaussian(value));
    storeUpTo(y + at, f32x4.mul(value, phi), last - i);
  }
}

/** dx = dy * (Phi(x) + x * Phi'(x)) */
export function geluBackward(chunk: i32): void {
  const last = lastElement(chunk);
  const x = pointer(2);
  const dy = pointer(3);
  const dx = pointer(4);
  const tanh = integer(5) != 0;
  for (let i = firstElement(chunk); i < last; i += 4) {
    const at = <usize>i * 4;
    const value = f32x4.max(f32x4.min(v128.load(x + at), f32x4.splat(WIDE)), f32x4.splat(-WIDE));
    const slope = tanh ? tanhSlope(value) : normalSlope(value);
    storeUpTo(dx + at, f32x4.mul(v128.load(dy + at), slope), last - i);
  }
}

/** 2 sqrt(2/pi) (x + 0.044715 x^3), of which the sigmoid is (1 + tanh(half of it)) / 2 */
function argument(x: v128): v128 {
  const cubic = multiplyAdd(f32x4.mul(x, x), f32x4.splat(2 * SLOPE * CUBIC), f32x4.splat(2 * SLOPE));
  return f32x4.mul(x, cubic);
}

function normalSlope(x: v128): v128 {
  const bell = gaussian(x);
  return multiplyAdd(f32x4.mul(x, f32x4.splat(DENSITY)), bell, normal(x, bell));
}

function tanhSlope(x: v128): v128 {
  const e = exp(f32x4.neg(argument(x)));
  const phi = f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), e));
  const derivative = multiplyAdd(f32x4.mul(x, x), f32x4.splat(6 * SLOPE * CUBIC), f32x4.splat(2 * SLOPE));
  return multiplyAdd(f32x4.mul(f32x4.mul(x, derivative), f32x4.mul(phi, phi)), e, phi); // 1 - phi = phi e
}
