import { TASK_GELU, TASK_GELU_BOTH } from '../jobs/layout';
import { firstElement, lastElement } from './elementwise';
import { geluRow, slopeRow } from './gelu';
import { Geglu, GegluBackward } from './jobs.generated';
import { passes } from './memory/job';
import { pass } from './nativeRows';
import { storeUpTo } from './arithmetic/vector';

/** y = gelu(a) * b for the halves a and b of each row of x; chunks of rows */
export function geglu(chunk: i32): void {
  const columns = Geglu.columns;
  const bytes = 4 * columns;
  const first = firstElement(chunk);
  const rows = lastElement(chunk) - first;
  let a = Geglu.x + <usize>first * 2 * bytes;
  let y = Geglu.y + <usize>first * bytes;
  const native = passes() && !Geglu.tanh;
  if (native) pass(TASK_GELU, a, 2 * bytes, y, bytes, 0, 0, rows, columns);
  for (let row = 0; row < rows; row++, a += 2 * bytes, y += bytes) {
    if (!native) geluRow(a, y, columns, Geglu.tanh);
    multiplyRow(y, a + bytes, y, columns);
  }
}

/** da = dy * b * gelu'(a), db = dy * gelu(a); chunks of rows */
export function gegluBackward(chunk: i32): void {
  const columns = GegluBackward.columns;
  const bytes = 4 * columns;
  const first = firstElement(chunk);
  const rows = lastElement(chunk) - first;
  const x = GegluBackward.x + <usize>first * 2 * bytes;
  const dx = GegluBackward.dx + <usize>first * 2 * bytes;
  const dy = GegluBackward.dy + <usize>first * bytes;
  const native = passes() && !GegluBackward.tanh;
  for (let row = 0; row < rows; row++) {
    const a = x + <usize>row * 2 * bytes;
    const da = dx + <usize>row * 2 * bytes;
    multiplyRow(dy + <usize>row * bytes, a + bytes, da, columns);
    if (native) memory.copy(da + bytes, a, bytes);
    else slopeRow(a, da, da, da + bytes, columns, GegluBackward.tanh);
  }
  if (native) pass(TASK_GELU_BOTH, dx + bytes, 2 * bytes, 0, 0, dx, 2 * bytes, rows, columns);
  for (let row = 0; row < rows; row++) {
    const db = dx + (<usize>row * 2 + 1) * bytes;
    multiplyRow(db, dy + <usize>row * bytes, db, columns); // it was gelu(a)
  }
}

function multiplyRow(a: usize, b: usize, y: usize, columns: i32): void {
  for (let c = 0; c < columns; c += 4) {
    const at = <usize>c * 4;
    storeUpTo(y + at, f32x4.mul(v128.load(a + at), v128.load(b + at)), columns - c);
  }
}
