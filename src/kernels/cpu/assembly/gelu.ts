import {
  CUBIC,
  CUBIC_SLOPE,
  DENSITY,
  LINEAR,
  POWER0,
  POWER1,
  POWER2,
  POWER3,
  POWER4,
  POWER5,
  POWER6,
  POWER7,
  SLOPE,
} from '../../geluConstants';
import { firstElement, lastElement } from './elementwise';
import { expRow } from './pairs/joined';
import { Gelu, GeluBackward } from './jobs.generated';
import { scratch } from './memory/job';
import { CURVE, CURVE_FLOATS } from './memory/scratch';
import { constant, multiplyAdd, storeUpTo } from './arithmetic/vector';

const CURVES = memory.data<f32>([
  1,
  <f32>SLOPE,
  <f32>POWER7,
  <f32>POWER6,
  <f32>POWER5,
  <f32>POWER4,
  <f32>POWER3,
  <f32>POWER2,
  <f32>POWER1,
  <f32>POWER0,
  <f32>DENSITY,
  <f32>LINEAR,
  <f32>CUBIC,
  <f32>CUBIC_SLOPE,
  30, // the slope is 0 or 1 to float32 accuracy well before this
  -30,
]);

/** y = gelu(x) */
export function gelu(chunk: i32): void {
  const first = firstElement(chunk);
  const at = 4 * <usize>first;
  geluRow(Gelu.x + at, Gelu.y + at, lastElement(chunk) - first, Gelu.tanh);
}

/** dx = dy * gelu'(x) */
export function geluBackward(chunk: i32): void {
  const first = firstElement(chunk);
  const at = 4 * <usize>first;
  slopeRow(
    GeluBackward.x + at,
    GeluBackward.dy + at,
    GeluBackward.dx + at,
    0,
    lastElement(chunk) - first,
    GeluBackward.tanh,
  );
}

/** y = x * Phi(x), with Phi exact or by its tanh formula */
export function geluRow(x: usize, y: usize, count: i32, tanh: bool): void {
  for (let done = 0; done < count; done += CURVE_FLOATS) {
    const at = 4 * <usize>done;
    const part = min(CURVE_FLOATS, count - done);
    if (tanh) {
      tanhExponentials(x + at, part);
      tanhGelu(x + at, y + at, part);
    } else {
      gaussians(x + at, part);
      normalGelu(x + at, y + at, part);
    }
  }
}

/** dx = dy * (Phi(x) + x * Phi'(x)), and y = x * Phi(x) unless the address y is 0. y may be x, and dx may be dy. */
export function slopeRow(x: usize, dy: usize, dx: usize, y: usize, count: i32, tanh: bool): void {
  for (let done = 0; done < count; done += CURVE_FLOATS) {
    const at = 4 * <usize>done;
    const part = min(CURVE_FLOATS, count - done);
    const value = y == 0 ? scratch() + CURVE : y + at; // an unwanted y overwrites the part of the curve already read
    if (tanh) {
      tanhExponentials(x + at, part);
      tanhSlope(x + at, dy + at, dx + at, value, part);
    } else {
      gaussians(x + at, part);
      normalSlope(x + at, dy + at, dx + at, value, part);
    }
  }
}

/** curve = exp(-x^2 / 2) */
function gaussians(x: usize, count: i32): void {
  const curve = scratch() + CURVE;
  for (let i = 0; i < count; i += 4) {
    const value = v128.load(x + 4 * <usize>i);
    v128.store(curve + 4 * <usize>i, f32x4.mul(f32x4.mul(value, value), f32x4.splat(-0.5)));
  }
  expRow(curve, curve, count, 1, 0);
}

function normalGelu(x: usize, y: usize, count: i32): void {
  let curve = scratch() + CURVE;
  const one = constant(CURVES, 0);
  const slope = constant(CURVES, 1);
  const power7 = constant(CURVES, 2);
  const power6 = constant(CURVES, 3);
  const power5 = constant(CURVES, 4);
  const power4 = constant(CURVES, 5);
  const power3 = constant(CURVES, 6);
  const power2 = constant(CURVES, 7);
  const power1 = constant(CURVES, 8);
  const power0 = constant(CURVES, 9);
  for (let left = count; left > 0; left -= 4, x += 16, y += 16, curve += 16) {
    const value = v128.load(x);
    const t = f32x4.div(one, multiplyAdd(f32x4.abs(value), slope, one));
    let p = multiplyAdd(t, power7, power6);
    p = multiplyAdd(t, p, power5);
    p = multiplyAdd(t, p, power4);
    p = multiplyAdd(t, p, power3);
    p = multiplyAdd(t, p, power2);
    p = multiplyAdd(t, p, power1);
    p = multiplyAdd(t, p, power0);
    const tail = f32x4.mul(f32x4.mul(t, p), v128.load(curve));
    const phi = v128.bitselect(tail, f32x4.sub(one, tail), i32x4.shr_s(value, 31)); // by the sign of x
    storeUpTo(y, f32x4.mul(value, phi), left);
  }
}

/** dx = dy * (Phi(x) + x * gaussian(x) / sqrt(2 pi)), y = x * Phi(x) */
function normalSlope(x: usize, dy: usize, dx: usize, y: usize, count: i32): void {
  let curve = scratch() + CURVE;
  const one = constant(CURVES, 0);
  const slope = constant(CURVES, 1);
  const power7 = constant(CURVES, 2);
  const power6 = constant(CURVES, 3);
  const power5 = constant(CURVES, 4);
  const power4 = constant(CURVES, 5);
  const power3 = constant(CURVES, 6);
  const power2 = constant(CURVES, 7);
  const power1 = constant(CURVES, 8);
  const power0 = constant(CURVES, 9);
  for (let left = count; left > 0; left -= 4, x += 16, dy += 16, dx += 16, y += 16, curve += 16) {
    const value = bounded(v128.load(x));
    const bell = v128.load(curve);
    const t = f32x4.div(one, multiplyAdd(f32x4.abs(value), slope, one));
    let p = multiplyAdd(t, power7, power6);
    p = multiplyAdd(t, p, power5);
    p = multiplyAdd(t, p, power4);
    p = multiplyAdd(t, p, power3);
    p = multiplyAdd(t, p, power2);
    p = multiplyAdd(t, p, power1);
    p = multiplyAdd(t, p, power0);
    const tail = f32x4.mul(f32x4.mul(t, p), bell);
    const phi = v128.bitselect(tail, f32x4.sub(one, tail), i32x4.shr_s(value, 31));
    const sum = multiplyAdd(f32x4.mul(value, constant(CURVES, 10)), bell, phi);
    storeUpTo(y, f32x4.mul(v128.load(x), phi), left);
    storeUpTo(dx, f32x4.mul(v128.load(dy), sum), left);
  }
}

function bounded(x: v128): v128 {
  return f32x4.pmax(f32x4.pmin(x, constant(CURVES, 14)), constant(CURVES, 15));
}

/** u = 2 sqrt(2/pi) (x + 0.044715 x^3): the tanh form of GELU is x times the sigmoid of u */
function argument(x: v128): v128 {
  return f32x4.mul(x, multiplyAdd(f32x4.mul(x, x), constant(CURVES, 12), constant(CURVES, 11)));
}

/** curve = exp(-|u|) */
function tanhExponentials(x: usize, count: i32): void {
  const curve = scratch() + CURVE;
  for (let i = 0; i < count; i += 4) {
    const u = argument(bounded(v128.load(x + 4 * <usize>i)));
    v128.store(curve + 4 * <usize>i, f32x4.neg(f32x4.abs(u)));
  }
  expRow(curve, curve, count, 1, 0);
}

function tanhGelu(x: usize, y: usize, count: i32): void {
  const one = constant(CURVES, 0);
  for (let i = 0; i < count; i += 4) {
    const at = 4 * <usize>i;
    const value = v128.load(x + at);
    const e = v128.load(scratch() + CURVE + at);
    const phi = sigmoid(value, e, f32x4.div(one, f32x4.add(one, e)));
    storeUpTo(y + at, f32x4.mul(value, phi), count - i);
  }
}

/** dx = dy * (sigmoid(u) + x * u' * sigmoid'(u)), y = x * sigmoid(u) */
function tanhSlope(x: usize, dy: usize, dx: usize, y: usize, count: i32): void {
  const one = constant(CURVES, 0);
  for (let i = 0; i < count; i += 4) {
    const at = 4 * <usize>i;
    const value = bounded(v128.load(x + at));
    const e = v128.load(scratch() + CURVE + at);
    const inverse = f32x4.div(one, f32x4.add(one, e));
    const derivative = multiplyAdd(f32x4.mul(value, value), constant(CURVES, 13), constant(CURVES, 11));
    const bell = f32x4.mul(e, f32x4.mul(inverse, inverse));
    const phi = sigmoid(value, e, inverse);
    const sum = multiplyAdd(f32x4.mul(value, derivative), bell, phi);
    storeUpTo(y + at, f32x4.mul(v128.load(x + at), phi), count - i);
    storeUpTo(dx + at, f32x4.mul(v128.load(dy + at), sum), count - i);
  }
}

/** (1 + tanh(u / 2)) / 2 for a u with the sign of x, from e = exp(-|u|) and inverse = 1 / (1 + e), accurate for small values too. */
function sigmoid(x: v128, e: v128, inverse: v128): v128 {
  return f32x4.mul(inverse, v128.bitselect(e, constant(CURVES, 0), i32x4.shr_s(x, 31)));
}
