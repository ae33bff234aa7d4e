// Products on one thread, blocked as by Goto and van de Geijn (2008): k in blocks, operands packed in panels (panels.ts), a tile of
// 5 x 8 or 5 x 16 results in registers (tile.ts, wideTile.ts). The order of additions depends only on k: tiles and threads cut only rows and columns.
import { sgemm } from './blas';
import { amx, scratch, split } from '../memory/job';
import { multiplyPlaced } from './nativePanels';
import { packRowsForAmx, placeRowsForAmx } from './packNative';
import { blockRows, depthOf, multiplyPacked, packB, panelColumns, partOf } from './panels';
import { BATCH_COLUMNS, BATCH_COLUMNS_OF_PARTS, PACKED_B } from '../memory/scratch';

/** c (+)= scale * op(a) @ op(b); row strides are in elements. */
export function multiply(
  blas: bool,
  transposeA: bool,
  transposeB: bool,
  m: i32,
  n: i32,
  k: i32,
  scale: f32,
  a: usize,
  aRow: i32,
  b: usize,
  bRow: i32,
  add: bool,
  c: usize,
  cRow: i32,
): void {
  if (blas) {
    sgemm(transposeA, transposeB, m, n, k, scale, a, aRow, b, bRow, add ? 1 : 0, c, cRow);
    return;
  }
  const packed = scratch() + PACKED_B;
  const block = depthOf(k);
  const most = split() ? BATCH_COLUMNS_OF_PARTS : BATCH_COLUMNS;
  const batch = most - (most % panelColumns());
  if (amx() && n > batch && m <= blockRows()) {
    multiplyFewRows(transposeA, transposeB, m, n, k, scale, a, aRow, b, bRow, add, c, cRow, batch);
    return;
  }
  for (let column = 0; column < n; column += batch) {
    const columns = min(batch, n - column);
    for (let start = 0; start < k; start += block) {
      const depth = min(block, k - start);
      packB(partOf(b, bRow, transposeB, start, column), bRow, transposeB, depth, columns, packed);
      for (let row = 0; row < m; row += blockRows()) {
        const rows = min(blockRows(), m - row);
        const target = c + 4 * (<usize>row * cRow + column);
        const from = partOf(a, aRow, !transposeA, start, row);
        multiplyPacked(from, aRow, !transposeA, scale, packed, rows, columns, depth, target, cRow, add || start > 0, 0);
      }
    }
  }
}

/** The same by AMX, of rows that are packed once for all columns. */
function multiplyFewRows(
  transposeA: bool,
  transposeB: bool,
  m: i32,
  n: i32,
  k: i32,
  scale: f32,
  a: usize,
  aRow: i32,
  b: usize,
  bRow: i32,
  add: bool,
  c: usize,
  cRow: i32,
  batch: i32,
): void {
  const packed = scratch() + PACKED_B;
  const block = depthOf(k);
  for (let start = 0; start < k; start += block) {
    const depth = min(block, k - start);
    packRowsForAmx(partOf(a, aRow, !transposeA, start, 0), 4 * aRow, !transposeA, depth, m, scale);
    for (let column = 0; column < n; column += batch) {
      const columns = min(batch, n - column);
      packB(partOf(b, bRow, transposeB, start, column), bRow, transposeB, depth, columns, packed);
      placeRowsForAmx(depth);
      multiplyPlaced(packed, m, columns, depth, c + 4 * <usize>column, cRow, add || start > 0, 0);
    }
  }
}
