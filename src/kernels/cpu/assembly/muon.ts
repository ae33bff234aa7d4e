import { multiplyAdd, storeUpTo } from './arithmetic/vector';
import { clipFactor } from './clipFactor';
import { firstElement, lastElement } from './elementwise';
import { Nesterov, NormaliseRows } from './jobs.generated';
import { squaresOf } from './reduce';

/** Nesterov momentum of clipped gradients */
export function nesterov(chunk: i32): void {
  const last = lastElement(chunk);
  const clip = clipFactor(Nesterov.squaredNorm, Nesterov.clipNorm);
  const beta = f32x4.splat(Nesterov.beta);
  const rate = f32x4.splat(<f32>(1 - <f64>Nesterov.beta));
  for (let i = firstElement(chunk); i < last; i += 4) {
    const at = <usize>i * 4;
    const g = f32x4.mul(v128.load(Nesterov.gradients + at), clip);
    const m0 = v128.load(Nesterov.momentum + at);
    const m = multiplyAdd(f32x4.sub(g, m0), rate, m0);
    storeUpTo(Nesterov.momentum + at, m, last - i);
    storeUpTo(Nesterov.update + at, multiplyAdd(f32x4.sub(m, g), beta, g), last - i);
  }
}

/** y = x / (norm of its row + epsilon); chunks of rows */
export function normaliseRows(chunk: i32): void {
  const columns = NormaliseRows.columns;
  for (let row = firstElement(chunk), last = lastElement(chunk); row < last; row++) {
    const x = NormaliseRows.x + <usize>row * columns * 4;
    const y = NormaliseRows.y + <usize>row * columns * 4;
    const factor = f32x4.splat(<f32>(1 / (sqrt(squaresOf(x, columns)) + <f64>NormaliseRows.epsilon)));
    for (let c = 0; c < columns; c += 4) {
      const at = <usize>c * 4;
      storeUpTo(y + at, f32x4.mul(v128.load(x + at), factor), columns - c);
    }
  }
}
