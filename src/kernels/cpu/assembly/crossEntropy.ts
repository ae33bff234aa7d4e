import { expRow } from './pairs/joined';
import { log } from './arithmetic/log';
import { firstElement, lastElement } from './elementwise';
import { CrossEntropy, CrossEntropyBackward } from './jobs.generated';
import { BLOCK_SCORES } from '../jobs/layout';
import { passes, scratch } from './memory/job';
import { CURVE, CURVE_FLOATS, KEYS, SCORES } from './memory/scratch';
import { expRows } from './nativeRows';
import { largestOf, loadUpTo, storeUpTo, sumWide } from './arithmetic/vector';

/** losses[r] = logSumExp[r] - logits[r, labels[r]]; chunks of rows */
export function crossEntropy(chunk: i32): void {
  const columns = CrossEntropy.columns;
  for (let row = firstElement(chunk), last = lastElement(chunk); row < last; row++) {
    const logits = CrossEntropy.logits + <usize>row * columns * 4;
    const at = <usize>row * 4;
    const label = load<i32>(CrossEntropy.labels + at);
    const largest = largestOf(logits, columns);
    const logSumExp = <f64>largest + log(sumOfExp(logits, columns, largest));
    const logit = <u32>label < <u32>columns ? load<f32>(logits + <usize>label * 4) : NaN;
    store<f32>(CrossEntropy.logSumExp + at, <f32>logSumExp);
    store<f32>(CrossEntropy.losses + at, <f32>(logSumExp - <f64>logit));
  }
}

/** Sum of exp(x - largest), in float64. */
function sumOfExp(x: usize, columns: i32, largest: f32): f64 {
  const most: i32 = passes() ? BLOCK_SCORES : CURVE_FLOATS; // machine code takes as much at once as there is room for
  const curve = scratch() + (passes() ? SCORES : CURVE);
  const shift = scratch() + KEYS;
  store<f32>(shift, largest);
  let part: i32 = 0;
  let low = f64x2.splat(0);
  let high = low;
  for (let done = 0; done < columns; done += part) {
    part = min(most, columns - done);
    if (passes()) expRows(x + 4 * <usize>done, curve, part, shift, 1);
    else expRow(x + 4 * <usize>done, curve, part, 1, largest);
    for (let c = 0; c < part; c += 4) {
      const value = loadUpTo(curve + 4 * <usize>c, part - c, 0);
      low = f64x2.add(low, f64x2.promote_low_f32x4(value));
      high = f64x2.add(high, f64x2.promote_low_f32x4(i32x4.shuffle(value, value, 2, 3, 2, 3)));
    }
  }
  return sumWide(low, high);
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
