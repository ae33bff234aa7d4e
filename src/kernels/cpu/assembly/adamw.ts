import { clipFactor } from './clipFactor';
import { firstElement, lastElement } from './elementwise';
import { Adamw, AdamwRatio } from './jobs.generated';
import { passes, scratch } from './memory/job';
import { SUMS } from './memory/scratch';
import { adamwRows } from './nativeRows';
import { lanes, multiplyAdd, storeUpTo } from './arithmetic/vector';

/** One step of AdamW in one pass. */
export function adamw(chunk: i32): void {
  const from = firstElement(chunk);
  const last = lastElement(chunk);
  const clip = clipFactor(Adamw.squaredNorm, Adamw.clipNorm);
  const share = Adamw.squaredRatio === 0 ? <f32>1 : shareOf(Adamw.squaredRatio, Adamw.count);
  const stepSize = Adamw.stepSize * share;
  const decay = Adamw.decay * share;
  if (!passes()) return update(from, last, clip, stepSize, decay);
  const decayed = min(max(Adamw.decayed, from), last);
  updateNatively(from, decayed, clip, stepSize, decay);
  updateNatively(decayed, last, clip, stepSize, 0);
}

/** What of the learning rate is left where gradients exceed their second moment */
function shareOf(squaredRatio: usize, count: f32): f32 {
  return <f32>(1 / max(1, sqrt(<f64>load<f32>(squaredRatio) / <f64>count)));
}

/** ratio = gradient / max(epsilon, root of the next second moment) */
export function adamwRatio(chunk: i32): void {
  const last = lastElement(chunk);
  const clip = clipFactor(AdamwRatio.squaredNorm, AdamwRatio.clipNorm);
  const rate = f32x4.splat(AdamwRatio.rate2);
  const correction = f32x4.splat(AdamwRatio.inverseCorrection);
  const epsilon = f32x4.splat(AdamwRatio.epsilon);
  for (let i = firstElement(chunk); i < last; i += 4) {
    const at = <usize>i * 4;
    const g = f32x4.mul(v128.load(AdamwRatio.gradients + at), clip);
    const v0 = v128.load(AdamwRatio.secondMoment + at);
    const v = multiplyAdd(f32x4.sub(f32x4.mul(g, g), v0), rate, v0);
    const least = f32x4.max(epsilon, f32x4.sqrt(f32x4.mul(v, correction)));
    storeUpTo(AdamwRatio.ratio + at, f32x4.div(g, least), last - i);
  }
}

function update(from: i32, last: i32, clip: v128, stepSize: f32, decayRate: f32): void {
  const weights = Adamw.weights;
  const gradients = Adamw.gradients;
  const first = Adamw.firstMoment;
  const second = Adamw.secondMoment;
  const decayed = Adamw.decayed;
  const rate1 = f32x4.splat(Adamw.rate1);
  const rate2 = f32x4.splat(Adamw.rate2);
  const step = f32x4.splat(stepSize);
  const correction2 = f32x4.splat(Adamw.inverseCorrection);
  const epsilon = f32x4.splat(Adamw.epsilon);
  const decay = f32x4.splat(decayRate);
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

function updateNatively(from: i32, last: i32, clip: v128, stepSize: f32, decay: f32): void {
  if (from >= last) return;
  const numbers = scratch() + SUMS;
  store<f32>(numbers, f32x4.extract_lane(clip, 0));
  store<f32>(numbers, Adamw.rate1, 4);
  store<f32>(numbers, Adamw.rate2, 8);
  store<f32>(numbers, stepSize, 12);
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
