import { exp, gaussian, normal, sigmoid } from './exp';
import { firstElement, lastElement } from './elementwise';
import { integer, pointer } from './job';
import { constant, multiplyAdd, storeUpTo } from './vector';

const CONSTANTS = memory.data<f32>([
  30, // the slopes are 0 and 1 long before
  -30,
  0.3989422804, // 1 / sqrt(2 pi)
  1.5957691216, // 2 sqrt(2 / pi)
  0.0713548162726, // 2 sqrt(2 / pi) * 0.044715
  0.2140644488178, // three times that
  1,
]);

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
    const value = f32x4.pmax(f32x4.pmin(v128.load(x + at), constant(CONSTANTS, 0)), constant(CONSTANTS, 1));
    const slope = tanh ? tanhSlope(value) : normalSlope(value);
    storeUpTo(dx + at, f32x4.mul(v128.load(dy + at), slope), last - i);
  }
}

/** 2 sqrt(2/pi) (x + 0.044715 x^3), of which the sigmoid is (1 + tanh(half of it)) / 2 */
function argument(x: v128): v128 {
  const cubic = multiplyAdd(f32x4.mul(x, x), constant(CONSTANTS, 4), constant(CONSTANTS, 3));
  return f32x4.mul(x, cubic);
}

function normalSlope(x: v128): v128 {
  const bell = gaussian(x);
  return multiplyAdd(f32x4.mul(x, constant(CONSTANTS, 2)), bell, normal(x, bell));
}

function tanhSlope(x: v128): v128 {
  const e = exp(f32x4.neg(argument(x)));
  const phi = f32x4.div(constant(CONSTANTS, 6), f32x4.add(constant(CONSTANTS, 6), e));
  const derivative = multiplyAdd(f32x4.mul(x, x), constant(CONSTANTS, 5), constant(CONSTANTS, 3));
  return multiplyAdd(f32x4.mul(f32x4.mul(x, derivative), f32x4.mul(phi, phi)), e, phi); // 1 - phi = phi e
}
