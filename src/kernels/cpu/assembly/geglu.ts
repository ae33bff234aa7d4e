import { firstElement, lastElement } from './elementwise';
import { geluRow, slopeRow } from './gelu';
import { Geglu, GegluBackward } from './jobs.generated';
import { passes } from './memory/job';
import { geluBoth, geluRows } from './nativeRows';
import { storeUpTo } from './arithmetic/vector';

/** y = gelu(a) * b for the halves a and b of each row of x; chunks of rows */
export function geglu(chunk: i32): void {
  const columns = Geglu.columns;
  const bytes = <usize>columns * 4;
  for (let row = firstElement(chunk), last = lastElement(chunk); row < last; row++) {
    const a = Geglu.x + <usize>row * 2 * bytes;
    const y = Geglu.y + <usize>row * bytes;
    if (passes() && !Geglu.tanh) geluRows(a, y, 0, 1, columns);
    else geluRow(a, y, columns, Geglu.tanh);
    multiplyRow(y, a + bytes, y, columns);
  }
}

/** da = dy * b * gelu'(a), db = dy * gelu(a); chunks of rows */
export function gegluBackward(chunk: i32): void {
  const columns = GegluBackward.columns;
  const bytes = <usize>columns * 4;
  for (let row = firstElement(chunk), last = lastElement(chunk); row < last; row++) {
    const a = GegluBackward.x + <usize>row * 2 * bytes;
    const dy = GegluBackward.dy + <usize>row * bytes;
    const da = GegluBackward.dx + <usize>row * 2 * bytes;
    const db = da + bytes;
    multiplyRow(dy, a + bytes, da, columns);
    if (passes() && !GegluBackward.tanh) {
      memory.copy(db, a, bytes);
      geluBoth(db, da, columns);
    } else slopeRow(a, da, da, db, columns, GegluBackward.tanh);
    multiplyRow(db, dy, db, columns); // it was gelu(a)
  }
}

function multiplyRow(a: usize, b: usize, y: usize, columns: i32): void {
  for (let c = 0; c < columns; c += 4) {
    const at = <usize>c * 4;
    storeUpTo(y + at, f32x4.mul(v128.load(a + at), v128.load(b + at)), columns - c);
  }
}
