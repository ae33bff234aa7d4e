import { firstElement, lastElement } from './elementwise';
import { integer, pointer, real } from './memory/job';
import { lanes, multiplyAdd, storeUpTo } from './arithmetic/vector';

/** One step of AdamW in one pass. reals: 1 - beta1, 1 - beta2, learningRate / correction1, 1 / correction2, epsilon, decay, clipNorm */
export function adamw(chunk: i32): void {
  const last = lastElement(chunk);
  const weights = pointer(2);
  const gradients = pointer(3);
  const first = pointer(4);
  const second = pointer(5);
  const decayed = integer(7);
  const norm = sqrt(<f64>load<f32>(pointer(6)));
  const limit = <f64>real(6);
  const clip = f32x4.splat(limit > 0 && norm > limit ? <f32>(limit / norm) : 1);
  const rate1 = f32x4.splat(real(0));
  const rate2 = f32x4.splat(real(1));
  const step = f32x4.splat(real(2));
  const correction2 = f32x4.splat(real(3));
  const epsilon = f32x4.splat(real(4));
  const decay = f32x4.splat(real(5));
  for (let i = firstElement(chunk); i < last; i += 4) {
    const at = <usize>i * 4;
    const g = f32x4.mul(v128.load(gradients + at), clip);
    const m0 = v128.load(first + at);
    const m = multiplyAdd(f32x4.sub(g, m0), rate1, m0);
    const v0 = v128.load(second + at);
    const v = multiplyAdd(f32x4.sub(f32x4.mul(g, g), v0), rate2, v0);
    const w = v128.load(weights + at);
    const shrunk = f32x4.sub(w, f32x4.mul(w, i >= decayed ? f32x4.splat(0) : v128.and(decay, lanes(decayed - i))));
    const length = f32x4.add(f32x4.sqrt(f32x4.mul(v, correction2)), epsilon);
    storeUpTo(first + at, m, last - i);
    storeUpTo(second + at, v, last - i);
    storeUpTo(weights + at, f32x4.sub(shrunk, f32x4.div(f32x4.mul(m, step), length)), last - i);
  }
}
