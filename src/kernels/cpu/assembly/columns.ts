// Sums over rows, column by column. Rows are cut into blocks whose size does not depend on the number of threads. Each block's
// sums are partial results, which `combine` adds in order.
import { firstElement, lastElement } from './elementwise';
import { Combine, Elements, LayerNormGradients, SumRows } from './jobs.generated';
import { passes } from './memory/job';
import { normGradientRows } from './nativeNorm';
import { sumFours } from './nativeRows';
import { loadUpTo, multiplyAdd, storeUpTo } from './arithmetic/vector';

/** partial[block, c] = sum over the block's rows of x[r, c]; chunks of rows */
export function sumRows(chunk: i32): void {
  const columns = SumRows.columns;
  const y = SumRows.partial + <usize>chunk * columns * 4;
  const x = SumRows.x;
  const first = firstElement(chunk);
  const last = lastElement(chunk);
  for (let c = 0; c < columns; c += 4) storeUpTo(y + <usize>c * 4, f32x4.splat(0), columns - c);
  let row = first;
  const bytes = <usize>columns * 4;
  const fours = (last - first) >> 2;
  if (passes() && fours > 0) {
    sumFours(x + <usize>row * bytes, y, fours, columns);
    row += 4 * fours;
  }
  for (; row + 4 <= last; row += 4) {
    const source = x + <usize>row * bytes;
    for (let c = 0; c < columns; c += 4) {
      const at = source + <usize>c * 4;
      const low = f32x4.add(v128.load(at), v128.load(at + bytes));
      const high = f32x4.add(v128.load(at + 2 * bytes), v128.load(at + 3 * bytes));
      const target = y + <usize>c * 4;
      storeUpTo(target, f32x4.add(v128.load(target), f32x4.add(low, high)), columns - c);
    }
  }
  for (; row < last; row++)
    for (let c = 0; c < columns; c += 4) {
      const target = y + <usize>c * 4;
      storeUpTo(target, f32x4.add(v128.load(target), v128.load(x + <usize>row * bytes + <usize>c * 4)), columns - c);
    }
}

/** partial dgamma[block, c] = sum of dy (x - mean) inverse, then partial dbeta[block, c] = sum of dy; chunks of rows */
export function layerNormGradients(chunk: i32): void {
  const columns = LayerNormGradients.columns;
  const bytes = <usize>columns * 4;
  const dgamma = LayerNormGradients.dgamma + <usize>chunk * bytes;
  const dbeta = LayerNormGradients.dbeta + <usize>chunk * bytes;
  for (let c = 0; c < columns; c += 4) {
    storeUpTo(dgamma + <usize>c * 4, f32x4.splat(0), columns - c);
    storeUpTo(dbeta + <usize>c * 4, f32x4.splat(0), columns - c);
  }
  const first = firstElement(chunk);
  const last = lastElement(chunk);
  if (passes())
    return normGradientRows(
      LayerNormGradients.x + <usize>first * bytes,
      LayerNormGradients.dy + <usize>first * bytes,
      LayerNormGradients.mean + <usize>first * 4,
      LayerNormGradients.inverse + <usize>first * 4,
      dgamma,
      dbeta,
      last - first,
      columns,
    );
  for (let row = first; row < last; row++) {
    const x = LayerNormGradients.x + <usize>row * bytes;
    const dy = LayerNormGradients.dy + <usize>row * bytes;
    const mean = f32x4.splat(load<f32>(LayerNormGradients.mean + <usize>row * 4));
    const inverse = f32x4.splat(load<f32>(LayerNormGradients.inverse + <usize>row * 4));
    for (let c = 0; c < columns; c += 4) {
      const at = <usize>c * 4;
      const g = v128.load(dy + at);
      const normalised = f32x4.mul(f32x4.sub(v128.load(x + at), mean), inverse);
      storeUpTo(dgamma + at, multiplyAdd(g, normalised, v128.load(dgamma + at)), columns - c);
      storeUpTo(dbeta + at, f32x4.add(v128.load(dbeta + at), g), columns - c);
    }
  }
}

/** y[c] = sum over blocks of partial[block, c], in float64; chunks of columns */
export function combine(chunk: i32): void {
  const blocks = Combine.blocks;
  const bytes = <usize>Elements.size * 4;
  for (let c = firstElement(chunk), last = lastElement(chunk); c < last; c += 4) {
    let low = f64x2.splat(0);
    let high = low;
    let source = Combine.partial + <usize>c * 4;
    for (let block = 0; block < blocks; block++, source += bytes) {
      const value = v128.load(source);
      low = f64x2.add(low, f64x2.promote_low_f32x4(value));
      high = f64x2.add(high, f64x2.promote_low_f32x4(i32x4.shuffle(value, value, 2, 3, 2, 3)));
    }
    const total = i64x2.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
    storeUpTo(Combine.y + <usize>c * 4, total, last - c);
  }
}
