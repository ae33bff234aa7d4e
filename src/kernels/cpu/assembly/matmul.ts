// Matrix multiplication as Goto and van de Geijn (2008) block it: k in blocks, both operands packed in panels, a tile of
// 4 x 8 results in registers. The order of additions depends on k alone: tiles and threads cut only rows and columns.
import { integer, pointer, real, scratch } from './job';
import { packPanels4, packPanels8 } from './pack';
import { multiplyAdd } from './vector';

const DEPTH = 256; // k of a block: a panel of B (8 KiB) stays in the first-level cache
const TILE_BYTES = 256; // scratch: results of a tile that sticks out of c, and its bias

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
  packPanels4(source, stride, across, depth, rows, packed);
  const cRow = pointer(C_ROW) * 4;
  const bias = start == 0 ? pointer(BIAS) : 0;
  c += <usize>row * cRow + <usize>column * 4;
  for (let j = 0; j < columns; j += 8, b += <usize>depth * 32) {
    const wide = columns - j >= 8;
    let tileBias = bias == 0 ? bias : bias + 4 * <usize>(column + j);
    if (bias != 0 && !wide) tileBias = copyBias(tileBias, columns - j);
    let aTile = packed;
    for (let i = 0; i < rows; i += 4, aTile += <usize>depth * 16) {
      const target = c + <usize>i * cRow + <usize>j * 4;
      if (wide && rows - i >= 4) tile(depth, aTile, b, target, cRow, start > 0, tileBias);
      else edge(depth, aTile, b, target, cRow, start > 0, tileBias, min(rows - i, 4), min(columns - j, 8));
    }
  }
}

/** A tile of 4 x 8: eight accumulators, two panels read front to back. Unrolling k would spill V8's 16 registers. */
function tile(depth: i32, a: usize, b: usize, c: usize, row: usize, add: bool, bias: usize): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  for (const end = a + <usize>depth * 16; a < end; a += 16, b += 32) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load_splat<f32>(a);
    c00 = multiplyAdd(a0, b0, c00);
    c01 = multiplyAdd(a0, b1, c01);
    const a1 = v128.load_splat<f32>(a, 4);
    c10 = multiplyAdd(a1, b0, c10);
    c11 = multiplyAdd(a1, b1, c11);
    const a2 = v128.load_splat<f32>(a, 8);
    c20 = multiplyAdd(a2, b0, c20);
    c21 = multiplyAdd(a2, b1, c21);
    const a3 = v128.load_splat<f32>(a, 12);
    c30 = multiplyAdd(a3, b0, c30);
    c31 = multiplyAdd(a3, b1, c31);
  }
  const scale = f32x4.splat(real(0));
  const bias0 = bias == 0 ? f32x4.splat(0) : v128.load(bias);
  const bias1 = bias == 0 ? bias0 : v128.load(bias, 16);
  finish(c, c00, c01, scale, add, bias0, bias1);
  finish(c + row, c10, c11, scale, add, bias0, bias1);
  finish(c + 2 * row, c20, c21, scale, add, bias0, bias1);
  finish(c + 3 * row, c30, c31, scale, add, bias0, bias1);
}

function finish(c: usize, x0: v128, x1: v128, scale: v128, add: bool, bias0: v128, bias1: v128): void {
  const y0 = f32x4.mul(x0, scale);
  const y1 = f32x4.mul(x1, scale);
  v128.store(c, f32x4.add(y0, add ? v128.load(c) : bias0));
  v128.store(c, f32x4.add(y1, add ? v128.load(c, 16) : bias1), 16);
}

/** A tile that sticks out of c: computed whole in scratch, copied in part. The sums are those of `tile`. */
function edge(
  depth: i32,
  a: usize,
  b: usize,
  c: usize,
  row: usize,
  add: bool,
  bias: usize,
  rows: i32,
  columns: i32,
): void {
  const whole = scratch();
  const bytes = <usize>columns * 4;
  if (add) for (let i = 0; i < rows; i++) memory.copy(whole + 32 * <usize>i, c + <usize>i * row, bytes);
  tile(depth, a, b, whole, 32, add, bias);
  for (let i = 0; i < rows; i++) memory.copy(c + <usize>i * row, whole + 32 * <usize>i, bytes);
}

function copyBias(bias: usize, columns: i32): usize {
  const copy = scratch() + 128;
  memory.copy(copy, bias, <usize>columns * 4);
  return copy;
}
