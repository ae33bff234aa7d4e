// Matrix multiplication as Goto and van de Geijn (2008) block it: k in blocks, both operands packed in panels, a tile of
// 5 x 8 results in registers. The order of additions depends on k alone: tiles and threads cut only rows and columns.
import { integer, pointer, real, scratch } from './job';
import { packPanels5, packPanels8 } from './pack';
import { tile } from './tile';
import { multiplyAdd, storeUpTo } from './vector';

const DEPTH = 256; // k of a block: a panel of B (8 KiB) stays in the first-level cache
const TILE_BYTES = 256; // of scratch, for the sums of a tile

// The parameters' places in the job block.
const A = 0;
const A_ROW = 1;
const A_OUTER = 2;
const A_INNER = 3;
const A_TRANSPOSED = 4;
const B = 5;
const B_ROW = 6;
const B_OUTER = 7;
const B_INNER = 8;
const B_TRANSPOSED = 9;
const C = 10;
const C_ROW = 11;
const C_OUTER = 12;
const C_INNER = 13;
const M = 14;
const N = 15;
const K = 16;
const INNER = 17;
const PRODUCTS = 18; // products in all
const GROUP = 19; // products a chunk
const BLOCK_ROWS = 20; // rows of a chunk, at most as many as scratch holds
const BLOCK_COLUMNS = 21; // columns of a chunk, a multiple of 8
const PACKED = 22; // b of one product, packed for all threads
const BIAS = 23; // one value a column, or 0
const PANELS = 24; // panels of b that a chunk packs

/** Packs a few panels of b, all k: chunk (panel group). Blocks of k follow each other, each n rounded up to 8 wide. */
export function packShared(chunk: i32): void {
  const n = integer(N);
  const k = integer(K);
  const width = (n + 7) & ~7;
  const first = chunk * integer(PANELS) * 8;
  const count = min(integer(PANELS) * 8, n - first);
  const stride = pointer(B_ROW) * 4;
  const across = integer(B_TRANSPOSED) != 0;
  const b = pointer(B) + (across ? <usize>first * stride : <usize>first * 4);
  for (let start = 0; start < k; start += DEPTH) {
    const depth = min(DEPTH, k - start);
    const target = pointer(PACKED) + 4 * (<usize>start * width + <usize>first * depth);
    packPanels8(b + (across ? <usize>start * 4 : <usize>start * stride), stride, across, depth, count, target);
  }
}

/** One product, b packed by packShared: chunk (block of columns, block of rows). */
export function multiplyShared(chunk: i32): void {
  const n = integer(N);
  const k = integer(K);
  const width = (n + 7) & ~7;
  const rowBlocks = (integer(M) + integer(BLOCK_ROWS) - 1) / integer(BLOCK_ROWS);
  const row = (chunk % rowBlocks) * integer(BLOCK_ROWS);
  const column = (chunk / rowBlocks) * integer(BLOCK_COLUMNS);
  const columns = min(integer(BLOCK_COLUMNS), n - column);
  for (let start = 0; start < k; start += DEPTH) {
    const depth = min(DEPTH, k - start);
    const b = pointer(PACKED) + 4 * (<usize>start * width + <usize>column * depth);
    multiplyRows(pointer(A), pointer(C), b, row, column, columns, start, depth);
  }
}

/** Whole products, each packed by the thread that computes it: chunk (group of products). */
export function multiplyBatch(chunk: i32): void {
  const m = integer(M);
  const n = integer(N);
  const k = integer(K);
  const across = integer(B_TRANSPOSED) != 0;
  const stride = pointer(B_ROW) * 4;
  const last = min((chunk + 1) * integer(GROUP), integer(PRODUCTS));
  const packed = scratch() + TILE_BYTES + 4 * DEPTH * pointer(BLOCK_ROWS);
  for (let product = chunk * integer(GROUP); product < last; product++) {
    const outer = <usize>(product / integer(INNER));
    const inner = <usize>(product % integer(INNER));
    const a = pointer(A) + 4 * (outer * pointer(A_OUTER) + inner * pointer(A_INNER));
    const b = pointer(B) + 4 * (outer * pointer(B_OUTER) + inner * pointer(B_INNER));
    const c = pointer(C) + 4 * (outer * pointer(C_OUTER) + inner * pointer(C_INNER));
    for (let start = 0; start < k; start += DEPTH) {
      const depth = min(DEPTH, k - start);
      packPanels8(b + (across ? <usize>start * 4 : <usize>start * stride), stride, across, depth, n, packed);
      for (let row = 0; row < m; row += integer(BLOCK_ROWS)) multiplyRows(a, c, packed, row, 0, n, start, depth);
    }
  }
}

/** c[row.., column..] (+)= scale * a[row.., start..] @ packed panels (+ bias, once) */
function multiplyRows(a: usize, c: usize, b: usize, row: i32, column: i32, columns: i32, start: i32, depth: i32): void {
  const rows = min(integer(BLOCK_ROWS), integer(M) - row);
  const across = integer(A_TRANSPOSED) == 0;
  const stride = pointer(A_ROW) * 4;
  const packed = scratch() + TILE_BYTES;
  const source = a + (across ? <usize>row * stride + <usize>start * 4 : <usize>start * stride + <usize>row * 4);
  packPanels5(source, stride, across, depth, rows, packed);
  const cRow = pointer(C_ROW) * 4;
  const bias = start == 0 ? pointer(BIAS) : 0;
  c += <usize>row * cRow + <usize>column * 4;
  for (let j = 0; j < columns; j += 8, b += <usize>depth * 32) {
    const tileBias = bias == 0 ? bias : bias + 4 * <usize>(column + j);
    let aTile = packed;
    for (let i = 0; i < rows; i += 5, aTile += <usize>depth * 20) {
      const target = c + <usize>i * cRow + <usize>j * 4;
      tile(depth, aTile, b);
      deliver(target, cRow, start > 0, tileBias, min(rows - i, 5), columns - j);
    }
  }
}

/** c (+)= scale * the tile in scratch (+ bias), as much of it as c has rows and columns */
function deliver(c: usize, row: usize, add: bool, bias: usize, rows: i32, columns: i32): void {
  const scale = f32x4.splat(real(0));
  let sums = scratch();
  let before0 = f32x4.splat(0);
  let before1 = before0;
  if (bias != 0) {
    before0 = v128.load(bias);
    before1 = v128.load(bias, 16);
  }
  for (let i = 0; i < rows; i++, c += row, sums += 32) {
    if (add) {
      before0 = v128.load(c);
      before1 = v128.load(c, 16);
    }
    storeUpTo(c, multiplyAdd(v128.load(sums), scale, before0), columns);
    if (columns > 4) storeUpTo(c + 16, multiplyAdd(v128.load(sums, 16), scale, before1), columns - 4);
  }
}
