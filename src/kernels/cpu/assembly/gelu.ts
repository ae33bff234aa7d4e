import { exp, gaussian, normal } from './exp';
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

/** y = gelu(x), Phi exact or through tanh */
export function gelu(chunk: i32): void {
  const last = lastElement(chunk);
  const x = pointer(2);
  const y = pointer(3);
  const tanh = integer(4) != 0;
  for (let i = firstElement(chunk); i < last; i += 4) {
    const at = <usize>i * 4;
    storeUpTo(y + at, activation(v128.load(x + at), tanh), last - i);
  }
}

/** dx = dy * gelu'(x) */
export function geluBackward(chunk: i32): void {
  const last = lastElement(chunk);
  const x = pointer(2);
  const dy = pointer(3);
  const dx = pointer(4);
  const tanh = integer(5) != 0;
  for (let i = firstElement(chunk); i < last; i += 4) {
    const at = <usize>i * 4;
    storeUpTo(dx + at, f32x4.mul(v128.load(dy + at), slope(v128.load(x + at), tanh)), last - i);
  }
}

/** x * Phi(x) */
export function activation(x: v128, tanh: bool): v128 {
  return f32x4.mul(x, tanh ? tanhPhi(x) : normal(x, gaussian(x)));
}

/** Phi(x) + x * Phi'(x) */
export function slope(x: v128, tanh: bool): v128 {
  const bounded = f32x4.pmax(f32x4.pmin(x, constant(CONSTANTS, 0)), constant(CONSTANTS, 1));
  return tanh ? tanhSlope(bounded) : normalSlope(bounded);
}

/** u = 2 sqrt(2/pi) (x + 0.044715 x^3): GELU through tanh is x times the sigmoid of u */
function argument(x: v128): v128 {
  const cubic = multiplyAdd(f32x4.mul(x, x), constant(CONSTANTS, 4), constant(CONSTANTS, 3));
  return f32x4.mul(x, cubic);
}

function normalSlope(x: v128): v128 {
  const bell = gaussian(x);
  return multiplyAdd(f32x4.mul(x, constant(CONSTANTS, 2)), bell, normal(x, bell));
}

/** (1 + tanh(u / 2)) / 2, from e = exp(-|u|) and inverse = 1 / (1 + e): small values keep their digits. */
function sigmoid(u: v128, e: v128, inverse: v128): v128 {
  return f32x4.mul(inverse, v128.bitselect(e, constant(CONSTANTS, 6), i32x4.shr_s(u, 31)));
}

function reciprocal(e: v128): v128 {
  const one = constant(CONSTANTS, 6);
  return f32x4.div(one, f32x4.add(one, e));
}

function tanhPhi(x: v128): v128 {
  const u = argument(x);
  const e = exp(f32x4.neg(f32x4.abs(u)));
  return sigmoid(u, e, reciprocal(e));
}

function tanhSlope(x: v128): v128 {
  const u = argument(x);
  const e = exp(f32x4.neg(f32x4.abs(u)));
  const inverse = reciprocal(e);
  const derivative = multiplyAdd(f32x4.mul(x, x), constant(CONSTANTS, 5), constant(CONSTANTS, 3)); // of u
  const bell = f32x4.mul(e, f32x4.mul(inverse, inverse)); // the sigmoid's slope
  return multiplyAdd(f32x4.mul(x, derivative), bell, sigmoid(u, e, inverse));
}
