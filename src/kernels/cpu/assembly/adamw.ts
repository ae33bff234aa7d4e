import { clipFactor } from './clipFactor';
import { firstElement, lastElement } from './elementwise';
import { Adamw } from './jobs.generated';
import { passes, scratch } from './memory/job';
import { SUMS } from './memory/scratch';
import { adamwRows } from './nativeRows';
import { lanes, multiplyAdd, storeUpTo } from './arithmetic/vector';

/** One step of AdamW in one pass. */
export function adamw(chunk: i32): void {
  const from = firstElement(chunk);
  const last = lastElement(chunk);
  const clip = clipFactor(Adamw.squaredNorm, Adamw.clipNorm);
  if (!passes()) return update(from, last, clip);
  const decayed = min(max(Adamw.decayed, from), last);
  updateNatively(from, decayed, clip, Adamw.decay);
  updateNatively(decayed, last, clip, 0);
}

function update(from: i32, last: i32, clip: v128): void {
  const weights = Adamw.weights;
  const gradients = Adamw.gradients;
  const first = Adamw.firstMoment;
  const second = Adamw.secondMoment;
  const decayed = Adamw.decayed;
  const rate1 = f32x4.splat(Adamw.oneMinusBeta1);
  const rate2 = f32x4.splat(Adamw.oneMinusBeta2);
  const step = f32x4.splat(Adamw.stepSize);
  const correction2 = f32x4.splat(Adamw.inverseCorrection);
  const epsilon = f32x4.splat(Adamw.epsilon);
  const decay = f32x4.splat(Adamw.decay);
  for (let i = from; i < last; i += 4) {
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

function updateNatively(from: i32, last: i32, clip: v128, decay: f32): void {
  if (from >= last) return;
  const numbers = scratch() + SUMS;
  store<f32>(numbers, f32x4.extract_lane(clip, 0));
  store<f32>(numbers, Adamw.oneMinusBeta1, 4);
  store<f32>(numbers, Adamw.oneMinusBeta2, 8);
  store<f32>(numbers, Adamw.stepSize, 12);
  store<f32>(numbers, Adamw.inverseCorrection, 16);
  store<f32>(numbers, Adamw.epsilon, 20);
  store<f32>(numbers, decay, 24);
  const at = 4 * <usize>from;
  adamwRows(
    Adamw.weights + at,
    Adamw.gradients + at,
    Adamw.firstMoment + at,
    Adamw.secondMoment + at,
    last - from,
    numbers,
  );
}
