import { addDropped, dropRow } from './dropout';
import { firstElement, lastElement } from './elementwise';
import { DropoutAddLayerNorm, DropoutAddLayerNormBackward, LayerNorm, LayerNormBackward, Norm } from './jobs.generated';
import { loadUpTo, multiplyAdd, storeUpTo, sumLanes, sumOf } from './arithmetic/vector';

/** y = (x - mean) * inverse * gamma + beta; chunks of rows */
export function layerNorm(chunk: i32): void {
  for (let row = firstElement(chunk), last = lastElement(chunk); row < last; row++)
    normaliseRow(row, LayerNorm.x, LayerNorm.beta, LayerNorm.y);
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
  for (let row = first; row < last; row++)
    normaliseRow(row, DropoutAddLayerNorm.sum, DropoutAddLayerNorm.beta, DropoutAddLayerNorm.y);
}

function normaliseRow(row: i32, table: usize, beta: usize, output: usize): void {
  const columns = Norm.columns;
  const unbiased = Norm.unbiased;
  const epsilon = Norm.epsilon;
  const gamma = Norm.gamma;
  const x = table + <usize>row * columns * 4;
  const y = output + <usize>row * columns * 4;
  const rounded = sumOf(x, columns) / <f32>columns;
  const centre = f32x4.splat(rounded);
  let squares = f32x4.splat(0);
  let rest = squares;
  for (let c = 0; c < columns; c += 4) {
    const d = f32x4.sub(loadUpTo(x + <usize>c * 4, columns - c, rounded), centre);
    squares = multiplyAdd(d, d, squares);
    rest = f32x4.add(rest, d);
  }
  const lost = sumLanes(rest) / <f32>columns; // rounding error of the mean, which matters if the mean is much larger than the deviation
  const mean = rounded + lost;
  const sum = max<f32>(sumLanes(squares) - <f32>columns * lost * lost, 0);
  const inverse: f32 = unbiased
    ? <f32>1 / (sqrt(sum / <f32>max(columns - 1, 1)) + epsilon)
    : <f32>1 / sqrt(sum / <f32>columns + epsilon);
  store<f32>(Norm.mean + <usize>row * 4, mean);
  store<f32>(Norm.inverse + <usize>row * 4, inverse);
  const factor = f32x4.splat(inverse);
  const correction = f32x4.splat(lost);
  for (let c = 0; c < columns; c += 4) {
    const at = <usize>c * 4;
    const normalised = f32x4.mul(f32x4.sub(f32x4.sub(v128.load(x + at), centre), correction), factor);
    storeUpTo(y + at, multiplyAdd(normalised, v128.load(gamma + at), v128.load(beta + at)), columns - c);
  }
}

/** dx = inverse * (g - mean(g)) - d * slope * sum(g d), g = dy * gamma, d = x - mean; chunks of rows */
export function layerNormBackward(chunk: i32): void {
  for (let row = firstElement(chunk), last = lastElement(chunk); row < last; row++)
    normaliseRowBackward(row, LayerNormBackward.x, LayerNormBackward.dy, LayerNormBackward.dx, 0);
}

/** dresidual = layerNormBackward(dy) (+ dsum), then dx = dropout(dresidual); chunks of rows */
export function dropoutAddLayerNormBackward(chunk: i32): void {
  const columns = Norm.columns;
  const first = firstElement(chunk);
  const last = lastElement(chunk);
  const dresidual = DropoutAddLayerNormBackward.dresidual;
  for (let row = first; row < last; row++)
    normaliseRowBackward(
      row,
      DropoutAddLayerNormBackward.sum,
      DropoutAddLayerNormBackward.dy,
      dresidual,
      DropoutAddLayerNormBackward.dsum,
    );
  const at = <usize>first * columns * 4;
  dropRow(dresidual + at, DropoutAddLayerNormBackward.dx + at, <u64>first * columns, (last - first) * columns);
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
  for (let c = 0; c < columns; c += 4) {
    const at = <usize>c * 4;
    const g = f32x4.mul(loadUpTo(dy + at, columns - c, 0), loadUpTo(gamma + at, columns - c, 0));
    total = f32x4.add(total, g);
    product = multiplyAdd(g, f32x4.sub(loadUpTo(x + at, columns - c, mean), centre), product);
  }
  const shift = f32x4.splat((-inverse * sumLanes(total)) / <f32>columns);
  const pull = f32x4.splat(-slope(inverse, columns) * sumLanes(product));
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

/** -2 times the derivative of inverse with respect to the sum of squares. */
function slope(inverse: f32, columns: i32): f32 {
  if (!Norm.unbiased) return (inverse * inverse * inverse) / <f32>columns;
  const epsilon = <f64>Norm.epsilon;
  const deviation = 1 / <f64>inverse - epsilon;
  if (deviation <= 1e-6 * epsilon) return 0; // a constant row: its deviation is only rounding error
  return <f32>((<f64>inverse * <f64>inverse) / (deviation * <f64>max(columns - 1, 1)));
}
