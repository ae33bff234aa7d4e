import { expRow } from './pairs/joined';
import { log } from './arithmetic/log';
import { firstElement, lastElement } from './elementwise';
import { CrossEntropy, CrossEntropyBackward } from './jobs.generated';
import { passes, scratch } from './memory/job';
import { CURVE, CURVE_FLOATS, SUMS } from './memory/scratch';
import { expRows, sumExponentials } from './nativeRows';
import { addDoubles, clearDoubles, totalOf } from './arithmetic/doubles';
import { largestOf, storeUpTo } from './arithmetic/vector';

/** losses[r] = logSumExp[r] - logits[r, labels[r]]; chunks of rows */
export function crossEntropy(chunk: i32): void {
  const columns = CrossEntropy.columns;
  for (let row = firstElement(chunk), last = lastElement(chunk); row < last; row++) {
    const logits = CrossEntropy.logits + <usize>row * columns * 4;
    const at = <usize>row * 4;
    const label = load<i32>(CrossEntropy.labels + at);
    const logSumExp = logSumExpOf(logits, columns);
    const logit = <u32>label < <u32>columns ? load<f32>(logits + <usize>label * 4) : NaN;
    store<f32>(CrossEntropy.logSumExp + at, <f32>logSumExp);
    store<f32>(CrossEntropy.losses + at, <f32>(logSumExp - <f64>logit));
  }
}

/** log(sum(exp(x))), summed in float64 */
function logSumExpOf(x: usize, columns: i32): f64 {
  const sums = scratch() + SUMS;
  if (passes()) return <f64>sumExponentials(x, columns, sums) + log(totalOf(sums));
  const largest = largestOf(x, columns);
  const curve = scratch() + CURVE;
  clearDoubles(sums);
  for (let done = 0; done < columns; done += CURVE_FLOATS) {
    const count = min(CURVE_FLOATS, columns - done);
    expRow(x + 4 * <usize>done, curve, count, 1, largest);
    addDoubles(sums, curve, count, false);
  }
  return <f64>largest + log(totalOf(sums));
}

/** dlogits[r, c] = dlosses[r] * (exp(logits[r, c] - logSumExp[r]) - (c is the label)); chunks of rows */
export function crossEntropyBackward(chunk: i32): void {
  const columns = CrossEntropyBackward.columns;
  for (let row = firstElement(chunk), last = lastElement(chunk); row < last; row++) {
    const at = <usize>row * 4;
    const x = CrossEntropyBackward.logits + <usize>row * columns * 4;
    const y = CrossEntropyBackward.dlogits + <usize>row * columns * 4;
    const label = load<i32>(CrossEntropyBackward.labels + at);
    const dloss = load<f32>(CrossEntropyBackward.dlosses + at);
    if (passes()) expRows(x, y, columns, CrossEntropyBackward.logSumExp + at, dloss);
    else scaledExp(x, y, columns, load<f32>(CrossEntropyBackward.logSumExp + at), dloss);
    if (<u32>label >= <u32>columns) continue;
    const target = y + <usize>label * 4;
    store<f32>(target, load<f32>(target) - dloss);
  }
}

/** y = factor * exp(x - shift) */
function scaledExp(x: usize, y: usize, columns: i32, shift: f32, factor: f32): void {
  expRow(x, y, columns, 1, shift);
  const factors = f32x4.splat(factor);
  for (let c = 0; c < columns; c += 4) {
    const place = y + 4 * <usize>c;
    storeUpTo(place, f32x4.mul(factors, v128.load(place)), columns - c);
  }
}
