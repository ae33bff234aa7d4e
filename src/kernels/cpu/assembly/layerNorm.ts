import { addDropped, dropRow } from './dropout';
import { firstElement, lastElement } from './elementwise';
import { DropoutAddLayerNorm, DropoutAddLayerNormBackward, LayerNorm, LayerNormBackward, Norm } from './jobs.generated';
import { passes } from './memory/job';
import { momentRows, normaliseRows, normBackwardRows, normSumRows, record, RECORDED } from './nativeNorm';
import { loadUpTo, multiplyAdd, storeUpTo, sumFour, sumOf } from './arithmetic/vector';

/** y = (x - mean) * inverse * gamma + beta; chunks of rows */
export function layerNorm(chunk: i32): void {
  normalise(firstElement(chunk), lastElement(chunk), LayerNorm.x, LayerNorm.beta, LayerNorm.y);
}

/** sum = residual + dropout(x), then y = layerNorm(sum); chunks of rows */
export function dropoutAddLayerNorm(chunk: i32): void {
  const columns = Norm.columns;
  const first = firstElement(chunk);
  const last = lastElement(chunk);
  const at = <usize>first * columns * 4;
  addDropped(
    DropoutAddLayerNorm.x + at,
    DropoutAddLayerNorm.residual + at,
    DropoutAddLayerNorm.sum + at,
    <u64>first * columns,
    (last - first) * columns,
  );
  normalise(first, last, DropoutAddLayerNorm.sum, DropoutAddLayerNorm.beta, DropoutAddLayerNorm.y);
}

function normalise(first: i32, last: i32, table: usize, beta: usize, output: usize): void {
  if (!passes()) {
    for (let row = first; row < last; row++) normaliseRow(row, table, beta, output);
    return;
  }
  const columns = Norm.columns;
  for (let row = first; row < last; row += RECORDED) {
    const rows = min(RECORDED, last - row);
    const at = <usize>row * columns * 4;
    momentRows(table + at, rows, columns);
    for (let i = 0; i < rows; i++) {
      const moments = record(i);
      const lost = load<f32>(moments, 4) / <f32>columns;
      const inverse = inverseOf(load<f32>(moments, 8), lost);
      store<f32>(moments, lost, 4);
      store<f32>(moments, inverse, 8);
      placeStatistics(row + i, load<f32>(moments) + lost, inverse);
    }
    normaliseRows(table + at, Norm.gamma, beta, output + at, rows, columns);
  }
}

function normaliseRow(row: i32, table: usize, beta: usize, output: usize): void {
  const columns = Norm.columns;
  const gamma = Norm.gamma;
  const x = table + <usize>row * columns * 4;
  const y = output + <usize>row * columns * 4;
  const rounded = sumOf(x, columns) / <f32>columns;
  const centre = f32x4.splat(rounded);
  let squares = f32x4.splat(0);
  let rest = squares;
  let squares1 = squares;
  let rest1 = squares;
  let squares2 = squares;
  let rest2 = squares;
  let squares3 = squares;
  let rest3 = squares;
  let c = 0;
  for (; c + 16 <= columns; c += 16) {
    const at = x + <usize>c * 4;
    const d = f32x4.sub(v128.load(at), centre);
    const d1 = f32x4.sub(v128.load(at, 16), centre);
    const d2 = f32x4.sub(v128.load(at, 32), centre);
    const d3 = f32x4.sub(v128.load(at, 48), centre);
    squares = multiplyAdd(d, d, squares);
    squares1 = multiplyAdd(d1, d1, squares1);
    squares2 = multiplyAdd(d2, d2, squares2);
    squares3 = multiplyAdd(d3, d3, squares3);
    rest = f32x4.add(rest, d);
    rest1 = f32x4.add(rest1, d1);
    rest2 = f32x4.add(rest2, d2);
    rest3 = f32x4.add(rest3, d3);
  }
  for (; c < columns; c += 4) {
    const d = f32x4.sub(loadUpTo(x + <usize>c * 4, columns - c, rounded), centre);
    squares = multiplyAdd(d, d, squares);
    rest = f32x4.add(rest, d);
  }
  const lost = sumFour(rest, rest1, rest2, rest3) / <f32>columns;
  const inverse = inverseOf(sumFour(squares, squares1, squares2, squares3), lost);
  placeStatistics(row, rounded + lost, inverse);
  const factor = f32x4.splat(inverse);
  const correction = f32x4.splat(lost);
  for (let c = 0; c < columns; c += 4) {
    const at = <usize>c * 4;
    const normalised = f32x4.mul(f32x4.sub(f32x4.sub(v128.load(x + at), centre), correction), factor);
    storeUpTo(y + at, multiplyAdd(normalised, v128.load(gamma + at), v128.load(beta + at)), columns - c);
  }
}

/**
 * 1 / the deviation.
 * @param lost rounding error of the mean, which matters if the mean is much larger than the deviation
 */
function inverseOf(squares: f32, lost: f32): f32 {
  const columns = Norm.columns;
  const epsilon = Norm.epsilon;
  const sum = max<f32>(squares - <f32>columns * lost * lost, 0);
  return Norm.unbiased
    ? <f32>1 / (sqrt(sum / <f32>max(columns - 1, 1)) + epsilon)
    : <f32>1 / sqrt(sum / <f32>columns + epsilon);
}

function placeStatistics(row: i32, mean: f32, inverse: f32): void {
  store<f32>(Norm.mean + <usize>row * 4, mean);
  store<f32>(Norm.inverse + <usize>row * 4, inverse);
}

/** dx = inverse * (g - mean(g)) - d * slope * sum(g d), g = dy * gamma, d = x - mean; chunks of rows */
export function layerNormBackward(chunk: i32): void {
  normaliseBackward(
    firstElement(chunk),
    lastElement(chunk),
    LayerNormBackward.x,
    LayerNormBackward.dy,
    LayerNormBackward.dx,
    0,
  );
}

/** dresidual = layerNormBackward(dy) (+ dsum), then dx = dropout(dresidual); chunks of rows */
export function dropoutAddLayerNormBackward(chunk: i32): void {
  const columns = Norm.columns;
  const first = firstElement(chunk);
  const last = lastElement(chunk);
  const dresidual = DropoutAddLayerNormBackward.dresidual;
  normaliseBackward(
    first,
    last,
    DropoutAddLayerNormBackward.sum,
    DropoutAddLayerNormBackward.dy,
    dresidual,
    DropoutAddLayerNormBackward.dsum,
  );
  const at = <usize>first * columns * 4;
  dropRow(dresidual + at, DropoutAddLayerNormBackward.dx + at, <u64>first * columns, (last - first) * columns);
}

function normaliseBackward(first: i32, last: i32, inputs: usize, douts: usize, dinputs: usize, more: usize): void {
  if (!passes()) {
    for (let row = first; row < last; row++) normaliseRowBackward(row, inputs, douts, dinputs, more);
    return;
  }
  const columns = Norm.columns;
  const gamma = Norm.gamma;
  for (let row = first; row < last; row += RECORDED) {
    const rows = min(RECORDED, last - row);
    const at = <usize>row * columns * 4;
    for (let i = 0; i < rows; i++) store<f32>(record(i), load<f32>(Norm.mean + <usize>(row + i) * 4));
    normSumRows(inputs + at, douts + at, gamma, rows, columns);
    for (let i = 0; i < rows; i++) {
      const sums = record(i);
      const inverse = load<f32>(Norm.inverse + <usize>(row + i) * 4);
      store<f32>(sums, shiftOf(inverse, load<f32>(sums, 4)), 4);
      store<f32>(sums, pullOf(inverse, load<f32>(sums, 8)), 8);
      store<f32>(sums, inverse, 12);
    }
    normBackwardRows(inputs + at, douts + at, gamma, dinputs + at, more == 0 ? 0 : more + at, rows, columns);
  }
}

/** dx of one row, plus that of `more` unless that is 0 */
function normaliseRowBackward(row: i32, inputs: usize, douts: usize, dinputs: usize, more: usize): void {
  const columns = Norm.columns;
  const gamma = Norm.gamma;
  const start = <usize>row * columns * 4;
  const x = inputs + start;
  const dy = douts + start;
  const dx = dinputs + start;
  const mean = load<f32>(Norm.mean + <usize>row * 4);
  const inverse = load<f32>(Norm.inverse + <usize>row * 4);
  const centre = f32x4.splat(mean);
  let total = f32x4.splat(0);
  let product = total;
  let total1 = total;
  let product1 = total;
  let total2 = total;
  let product2 = total;
  let total3 = total;
  let product3 = total;
  let c = 0;
  for (; c + 16 <= columns; c += 16) {
    const at = <usize>c * 4;
    const g = f32x4.mul(v128.load(dy + at), v128.load(gamma + at));
    const g1 = f32x4.mul(v128.load(dy + at, 16), v128.load(gamma + at, 16));
    const g2 = f32x4.mul(v128.load(dy + at, 32), v128.load(gamma + at, 32));
    const g3 = f32x4.mul(v128.load(dy + at, 48), v128.load(gamma + at, 48));
    total = f32x4.add(total, g);
    total1 = f32x4.add(total1, g1);
    total2 = f32x4.add(total2, g2);
    total3 = f32x4.add(total3, g3);
    product = multiplyAdd(g, f32x4.sub(v128.load(x + at), centre), product);
    product1 = multiplyAdd(g1, f32x4.sub(v128.load(x + at, 16), centre), product1);
    product2 = multiplyAdd(g2, f32x4.sub(v128.load(x + at, 32), centre), product2);
    product3 = multiplyAdd(g3, f32x4.sub(v128.load(x + at, 48), centre), product3);
  }
  for (; c < columns; c += 4) {
    const at = <usize>c * 4;
    const g = f32x4.mul(loadUpTo(dy + at, columns - c, 0), loadUpTo(gamma + at, columns - c, 0));
    total = f32x4.add(total, g);
    product = multiplyAdd(g, f32x4.sub(loadUpTo(x + at, columns - c, mean), centre), product);
  }
  const shift = f32x4.splat(shiftOf(inverse, sumFour(total, total1, total2, total3)));
  const pull = f32x4.splat(pullOf(inverse, sumFour(product, product1, product2, product3)));
  const factor = f32x4.splat(inverse);
  for (let c = 0; c < columns; c += 4) {
    const at = <usize>c * 4;
    const g = f32x4.mul(v128.load(dy + at), v128.load(gamma + at));
    const d = f32x4.sub(v128.load(x + at), centre);
    let sum = multiplyAdd(d, pull, multiplyAdd(g, factor, shift));
    if (more != 0) sum = f32x4.add(sum, v128.load(more + start + at));
    storeUpTo(dx + at, sum, columns - c);
  }
}

/** What is added to all of a row's gradients: -inverse * mean(g) */
function shiftOf(inverse: f32, total: f32): f32 {
  return (-inverse * total) / <f32>Norm.columns;
}

/** What is added for each unit of x - mean. */
function pullOf(inverse: f32, product: f32): f32 {
  return -slope(inverse, Norm.columns) * product;
}

/** -2 times the derivative of inverse with respect to the sum of squares. */
function slope(inverse: f32, columns: i32): f32 {
  if (!Norm.unbiased) return (inverse * inverse * inverse) / <f32>columns;
  const epsilon = <f64>Norm.epsilon;
  const deviation = 1 / <f64>inverse - epsilon;
  if (deviation <= 1e-6 * epsilon) return 0; // a constant row: its deviation is only rounding error
  return <f32>((<f64>inverse * <f64>inverse) / (deviation * <f64>max(columns - 1, 1)));
}
