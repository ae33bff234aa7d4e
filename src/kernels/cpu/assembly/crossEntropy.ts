import { exp, log } from './exp';
import { firstElement, lastElement } from './elementwise';
import { integer, pointer } from './job';
import { largestOf, loadUpTo, storeUpTo, sumWide } from './vector';

/** losses[r] = logSumExp[r] - logits[r, labels[r]]; chunks of rows */
export function crossEntropy(chunk: i32): void {
  const columns = integer(6);
  for (let row = firstElement(chunk), last = lastElement(chunk); row < last; row++) {
    const logits = pointer(2) + <usize>row * columns * 4;
    const at = <usize>row * 4;
    const label = load<i32>(pointer(3) + at);
    const largest = largestOf(logits, columns);
    const logSumExp = <f64>largest + log(sumOfExp(logits, columns, largest));
    const logit = <u32>label < <u32>columns ? load<f32>(logits + <usize>label * 4) : NaN;
    store<f32>(pointer(5) + at, <f32>logSumExp);
    store<f32>(pointer(4) + at, <f32>(logSumExp - <f64>logit));
  }
}

/** Sum of exp(x - largest), in float64. */
function sumOfExp(x: usize, columns: i32, largest: f32): f64 {
  const shift = f32x4.splat(largest);
  let low = f64x2.splat(0);
  let high = low;
  for (let c = 0; c < columns; c += 4) {
    const value = exp(f32x4.sub(loadUpTo(x + <usize>c * 4, columns - c, -Infinity), shift));
    low = f64x2.add(low, f64x2.promote_low_f32x4(value));
    high = f64x2.add(high, f64x2.promote_low_f32x4(i32x4.shuffle(value, value, 2, 3, 2, 3)));
  }
  return sumWide(low, high);
}

/** dlogits[r, c] = dlosses[r] * (exp(logits[r, c] - logSumExp[r]) - (c is the label)); chunks of rows */
export function crossEntropyBackward(chunk: i32): void {
  const columns = integer(7);
  for (let row = firstElement(chunk), last = lastElement(chunk); row < last; row++) {
    const at = <usize>row * 4;
    const x = pointer(2) + <usize>row * columns * 4;
    const y = pointer(6) + <usize>row * columns * 4;
    const label = load<i32>(pointer(3) + at);
    const shift = f32x4.splat(load<f32>(pointer(4) + at));
    const dloss = load<f32>(pointer(5) + at);
    const factor = f32x4.splat(dloss);
    for (let c = 0; c < columns; c += 4) {
      const place = <usize>c * 4;
      storeUpTo(y + place, f32x4.mul(factor, exp(f32x4.sub(v128.load(x + place), shift))), columns - c);
    }
    if (<u32>label >= <u32>columns) continue;
    const target = y + <usize>label * 4;
    store<f32>(target, load<f32>(target) - dloss);
  }
}
