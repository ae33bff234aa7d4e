import { firstElement, lastElement } from './elementwise';
import { Transpose } from './jobs.generated';

/** y[b, c, r] = x[b, r, c]; chunks of rows of y. A chunk is read together, so that each cache line of x is read once */
export function transpose(chunk: i32): void {
  const rows = Transpose.rows;
  const columns = Transpose.columns;
  const last = lastElement(chunk);
  for (let row = firstElement(chunk), count = 0; row < last; row += count) {
    const column = row % columns;
    count = min(last - row, columns - column);
    for (let r = 0; r < rows; r++) {
      const x = Transpose.x + 4 * (<usize>((row / columns) * rows + r) * columns + column);
      const y = Transpose.y + 4 * (<usize>row * rows + r);
      for (let c = 0; c < count; c++) store<f32>(y + 4 * <usize>c * rows, load<f32>(x + 4 * <usize>c));
    }
  }
}
