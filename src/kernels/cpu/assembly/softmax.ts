import { expRow } from './pairs/joined';
import { firstElement, lastElement } from './elementwise';
import { MaskedSoftmax, Softmax, SoftmaxBackward } from './jobs.generated';
import { largestOf, loadUpTo, multiplyAdd, storeUpTo, sumLanes, sumOf } from './arithmetic/vector';

/** y[r] = exp(x[r] - max) / sum of exp(x[r] - max); chunks of rows */
export function softmax(chunk: i32): void {
  const columns = Softmax.columns;
  const bytes = <usize>columns * 4;
  for (let row = firstElement(chunk), last = lastElement(chunk); row < last; row++)
    softmaxRow(Softmax.x + <usize>row * bytes, Softmax.y + <usize>row * bytes, columns);
}

/** The same over the columns of the row's span, 0 elsewhere; chunks of rows (batch, heads, length) */
export function maskedSoftmax(chunk: i32): void {
  const heads = MaskedSoftmax.heads;
  const length = MaskedSoftmax.length;
  const bytes = <usize>length * 4;
  for (let row = firstElement(chunk), last = lastElement(chunk); row < last; row++) {
    const span = MaskedSoftmax.spans + <usize>((row / (heads * length)) * length + (row % length)) * 8;
    const start = load<i32>(span);
    const end = load<i32>(span, 4);
    const x = MaskedSoftmax.x + <usize>row * bytes;
    const y = MaskedSoftmax.y + <usize>row * bytes;
    const left = start < end ? <usize>start * 4 : 0;
    const right = start < end ? <usize>end * 4 : 0;
    if (left > 0) memory.fill(y, 0, left);
    if (start < end) softmaxRow(x + left, y + left, end - start);
    if (right < bytes) memory.fill(y + right, 0, bytes - right);
  }
}

/** dx[r, c] = y[r, c] * (dy[r, c] - y[r] . dy[r]); chunks of rows */
export function softmaxBackward(chunk: i32): void {
  const columns = SoftmaxBackward.columns;
  for (let row = firstElement(chunk), last = lastElement(chunk); row < last; row++) {
    const start = <usize>row * columns * 4;
    const y = SoftmaxBackward.y + start;
    const dy = SoftmaxBackward.dy + start;
    const dx = SoftmaxBackward.dx + start;
    let dot = f32x4.splat(0);
    for (let c = 0; c < columns; c += 4) {
      const at = <usize>c * 4;
      dot = multiplyAdd(loadUpTo(y + at, columns - c, 0), loadUpTo(dy + at, columns - c, 0), dot);
    }
    const inner = f32x4.splat(sumLanes(dot));
    for (let c = 0; c < columns; c += 4) {
      const at = <usize>c * 4;
      storeUpTo(dx + at, f32x4.mul(v128.load(y + at), f32x4.sub(v128.load(dy + at), inner)), columns - c);
    }
  }
}

function softmaxRow(x: usize, y: usize, columns: i32): void {
  expRow(x, y, columns, 1, largestOf(x, columns));
  const inverse = f32x4.splat(1 / sumOf(y, columns));
  for (let c = 0; c < columns; c += 4) {
    const at = <usize>c * 4;
    storeUpTo(y + at, f32x4.mul(v128.load(y + at), inverse), columns - c);
  }
}
