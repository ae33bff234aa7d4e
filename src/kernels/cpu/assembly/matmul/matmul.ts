// The contract's products as jobs: how chunks become blocks of c.
import { activate } from '../dropout';
import { firstElement, lastElement } from '../elementwise';
import { integer, pointer, real, scratch } from '../memory/job';
import { packPanels8, packRows8 } from './pack';
import { depthOf, multiplyPacked, partOf } from './panels';
import { multiply } from './product';
import { storeUpTo } from '../arithmetic/vector';

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
const SPAN = 19; // in multiplySpans: how much of k a chunk has
const ROWS = 20; // rows of a chunk
const COLUMNS = 21; // columns of a chunk, a multiple of 8
const PACKED = 22; // b of one product, packed for all threads; in multiplySpans where all sums but the first span's go
const BIAS = 23; // one value a column, or 0
const PANELS = 24; // panels, or rows, of b that a chunk packs
const BLAS = 25; // whether products go to the system's BLAS
const FIRST_COLUMN = 26; // of c's whole rows, where b and c are only a stripe of them
const Y = 27; // where c goes after GELU and dropout, or 0

/**
 * Packs a part of b, whose rows are read whole: a few panels where those are contiguous over k, else a few rows, of one block of k.
 * Blocks of k follow each other, each n rounded up to 8 wide.
 */
export function packShared(chunk: i32): void {
  const n = integer(N);
  const k = integer(K);
  const width = (n + 7) & ~7;
  const block = depthOf(k);
  if (integer(B_TRANSPOSED) == 0) {
    for (let row = chunk * integer(PANELS), end = min(k, row + integer(PANELS)); row < end;) {
      const start = row - (row % block);
      const rows = min(end, start + block) - row;
      const source = pointer(B) + 4 * <usize>row * pointer(B_ROW);
      const target = pointer(PACKED) + 4 * (<usize>start * width + 8 * <usize>(row - start));
      packRows8(source, 4 * pointer(B_ROW), rows, n, target, min(block, k - start));
      row += rows;
    }
    return;
  }
  const first = chunk * integer(PANELS) * 8;
  const count = min(integer(PANELS) * 8, n - first);
  for (let start = 0; start < k; start += block) {
    const depth = min(block, k - start);
    const source = partOf(pointer(B), integer(B_ROW), true, start, first);
    const target = pointer(PACKED) + 4 * (<usize>start * width + <usize>first * depth);
    packPanels8(source, 4 * pointer(B_ROW), true, depth, count, target);
  }
}

/** One product, b packed by packShared: chunk (block of columns, block of rows). */
export function multiplyShared(chunk: i32): void {
  const k = integer(K);
  const width = (integer(N) + 7) & ~7;
  const rowBlocks = (integer(M) + integer(ROWS) - 1) / integer(ROWS);
  const row = (chunk % rowBlocks) * integer(ROWS);
  const column = (chunk / rowBlocks) * integer(COLUMNS);
  const rows = min(integer(ROWS), integer(M) - row);
  const columns = min(integer(COLUMNS), integer(N) - column);
  const across = integer(A_TRANSPOSED) == 0;
  const c = pointer(C) + 4 * (<usize>row * integer(C_ROW) + column);
  const bias = pointer(BIAS) == 0 ? 0 : pointer(BIAS) + 4 * <usize>column;
  const block = depthOf(k);
  for (let start = 0; start < k; start += block) {
    const depth = min(block, k - start);
    const a = partOf(pointer(A), integer(A_ROW), across, start, row);
    const b = pointer(PACKED) + 4 * (<usize>start * width + <usize>column * depth);
    const before = start == 0 ? bias : 0;
    multiplyPacked(a, integer(A_ROW), across, real(0), b, rows, columns, depth, c, integer(C_ROW), start > 0, before);
  }
  finish(c, row, column, rows, columns);
}

/** One product a' @ b over a large k: chunk (span of k, block of rows of c). The first span's sums go to c, the others' one array behind another. */
export function multiplySpans(chunk: i32): void {
  const rowBlocks = (integer(M) + integer(ROWS) - 1) / integer(ROWS);
  const row = (chunk % rowBlocks) * integer(ROWS);
  const span = chunk / rowBlocks;
  const start = span * integer(SPAN);
  const others = pointer(PACKED) + 4 * (<usize>(span - 1) * pointer(M) * pointer(N));
  multiply(
    false,
    true,
    false,
    min(integer(ROWS), integer(M) - row),
    integer(N),
    min(integer(SPAN), integer(K) - start),
    real(0),
    partOf(pointer(A), integer(A_ROW), false, start, row),
    integer(A_ROW),
    partOf(pointer(B), integer(B_ROW), false, start, 0),
    integer(B_ROW),
    false,
    (span == 0 ? pointer(C) : others) + 4 * <usize>(row * integer(N)),
    integer(N),
  );
}

/** c += the other spans' sums; integers: size, grain, c, where those lie, how many there are */
export function addSpans(chunk: i32): void {
  const size = 4 * pointer(0);
  for (let i = firstElement(chunk), last = lastElement(chunk); i < last; i += 4) {
    const at = 4 * <usize>i;
    let sum = v128.load(pointer(2) + at);
    for (let span: i32 = 0, other: usize = pointer(3) + at; span < integer(4); span++, other += size)
      sum = f32x4.add(sum, v128.load(other));
    storeUpTo(pointer(2) + at, sum, last - i);
  }
}

/** Blocks of c that threads compute alone: chunk (product or group of whole products, block of columns, block of rows). */
export function multiplyBlocks(chunk: i32): void {
  const rowBlocks = (integer(M) + integer(ROWS) - 1) / integer(ROWS);
  const columnBlocks = (integer(N) + integer(COLUMNS) - 1) / integer(COLUMNS);
  const blocks = rowBlocks * columnBlocks;
  const row = (chunk % rowBlocks) * integer(ROWS);
  const column = ((chunk / rowBlocks) % columnBlocks) * integer(COLUMNS);
  const first = (chunk / blocks) * integer(GROUP);
  const last = min(first + integer(GROUP), integer(PRODUCTS));
  for (let product = first; product < last; product++) multiplyBlock(product, row, column);
}

function multiplyBlock(product: i32, row: i32, column: i32): void {
  const outer = <usize>(product / integer(INNER));
  const inner = <usize>(product % integer(INNER));
  const rows = min(integer(ROWS), integer(M) - row);
  const columns = min(integer(COLUMNS), integer(N) - column);
  const transposeA = integer(A_TRANSPOSED) != 0;
  const transposeB = integer(B_TRANSPOSED) != 0;
  const a = pointer(A) + 4 * (outer * pointer(A_OUTER) + inner * pointer(A_INNER));
  const b = pointer(B) + 4 * (outer * pointer(B_OUTER) + inner * pointer(B_INNER));
  const c =
    pointer(C) + 4 * (outer * pointer(C_OUTER) + inner * pointer(C_INNER) + <usize>row * pointer(C_ROW) + column);
  const bias = pointer(BIAS);
  if (bias != 0) fillRows(c, bias + 4 * <usize>column, rows, columns);
  multiply(
    integer(BLAS) != 0,
    transposeA,
    transposeB,
    rows,
    columns,
    integer(K),
    real(0),
    partOf(a, integer(A_ROW), !transposeA, 0, row),
    integer(A_ROW),
    partOf(b, integer(B_ROW), transposeB, 0, column),
    integer(B_ROW),
    bias != 0,
    c,
    integer(C_ROW),
  );
  finish(c, row, column, rows, columns);
}

function fillRows(c: usize, bias: usize, rows: i32, columns: i32): void {
  for (let i = 0; i < rows; i++, c += 4 * pointer(C_ROW)) memory.copy(c, bias, 4 * <usize>columns);
}

/** y = dropout(gelu(c)) for a block that is still in the cache, if that is wanted. */
function finish(c: usize, row: i32, column: i32, rows: i32, columns: i32): void {
  if (integer(Y) == 0) return;
  const width = pointer(C_ROW);
  for (let i = 0; i < rows; i++) {
    const place = <usize>(row + i) * width + column;
    const y = pointer(Y) + 4 * place;
    activate(
      c + 4 * <usize>i * width,
      y,
      <u64>(row + i) * <u64>width + <u64>(integer(FIRST_COLUMN) + column),
      columns,
      Y + 1,
    );
  }
}
