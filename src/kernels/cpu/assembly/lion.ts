import { lanes, multiplyAdd, storeUpTo } from './arithmetic/vector';
import { clipFactor } from './clipFactor';
import { firstElement, lastElement } from './elementwise';
import { Lion } from './jobs.generated';

/** One step of Lion in one pass. */
export function lion(chunk: i32): void {
  const last = lastElement(chunk);
  const clip = clipFactor(Lion.squaredNorm, Lion.clipNorm);
  const beta1 = f32x4.splat(Lion.beta1);
  const beta2 = f32x4.splat(Lion.beta2);
  const rate = f32x4.splat(Lion.learningRate);
  const decay = f32x4.splat(Lion.decay);
  const zero = f32x4.splat(0);
  for (let i = firstElement(chunk); i < last; i += 4) {
    const at = <usize>i * 4;
    const g = f32x4.mul(v128.load(Lion.gradients + at), clip);
    const difference = f32x4.sub(v128.load(Lion.momentum + at), g);
    const mixed = multiplyAdd(difference, beta1, g);
    const step = f32x4.sub(v128.and(f32x4.gt(mixed, zero), rate), v128.and(f32x4.lt(mixed, zero), rate));
    const w = v128.load(Lion.weights + at);
    const shrunk = f32x4.sub(w, f32x4.mul(w, i >= Lion.decayed ? zero : v128.and(decay, lanes(Lion.decayed - i))));
    storeUpTo(Lion.weights + at, f32x4.sub(shrunk, step), last - i);
    storeUpTo(Lion.momentum + at, multiplyAdd(difference, beta2, g), last - i);
  }
}
