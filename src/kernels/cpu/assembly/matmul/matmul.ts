// The contract's products as jobs: how chunks become blocks of c.
import { activateBlock } from '../dropout';
import { firstElement, lastElement } from '../elementwise';
import {
  AddSpans,
  Elements,
  Finish,
  MultiplyBlocks,
  MultiplyShared,
  MultiplySpans,
  PackShared,
  Product,
  Strides,
} from '../jobs.generated';
import { packedDepth, wordsOf } from '../memory/job';
import { depthOf, multiplyPacked, packB, panelColumns, partOf } from './panels';
import { multiply } from './product';
import { storeUpTo } from '../arithmetic/vector';

/**
 * Packs a part of b, whose rows are read whole: a few panels where those are contiguous over k, else an even number of rows.
 * Blocks of k follow each other, each n rounded up to whole panels.
 */
export function packShared(chunk: i32): void {
  const n = Product.n;
  const k = Product.k;
  const width = wholePanels(n);
  const block = depthOf(k);
  if (!Product.transposeB) {
    for (let row = chunk * PackShared.panels, end = min(k, row + PackShared.panels); row < end;) {
      const start = row - (row % block);
      const rows = min(end, start + block) - row;
      const source = PackShared.b + 4 * <usize>row * <usize>Product.bRow;
      const before = <usize>packedDepth(start) * width + <usize>panelColumns() * <usize>wordsOf(row - start);
      const depth = min(block, k - start);
      const whole = packedDepth(depth);
      const zeros = row + rows == start + depth ? whole - wordsOf(depth) : 0;
      packB(source, Product.bRow, false, rows, n, PackShared.packed + 4 * before, whole, zeros);
      row += rows;
    }
    return;
  }
  const first = chunk * PackShared.panels * panelColumns();
  const count = min(PackShared.panels * panelColumns(), n - first);
  for (let start = 0; start < k; start += block) {
    const depth = min(block, k - start);
    const source = partOf(PackShared.b, Product.bRow, true, start, first);
    const before = <usize>packedDepth(start) * width + <usize>first * packedDepth(depth);
    packB(source, Product.bRow, true, depth, count, PackShared.packed + 4 * before);
  }
}

/** The number of columns including those that pad the last panel. */
function wholePanels(columns: i32): i32 {
  return ((columns + panelColumns() - 1) / panelColumns()) * panelColumns();
}

/** One product with b packed by packShared: chunk (block of columns, block of rows). */
export function multiplyShared(chunk: i32): void {
  const k = Product.k;
  const width = wholePanels(Product.n);
  const rowBlocks = (Product.m + MultiplyShared.rows - 1) / MultiplyShared.rows;
  const row = (chunk % rowBlocks) * MultiplyShared.rows;
  const column = (chunk / rowBlocks) * MultiplyShared.columns;
  const rows = min(MultiplyShared.rows, Product.m - row);
  const columns = min(MultiplyShared.columns, Product.n - column);
  const across = !Product.transposeA;
  const c = MultiplyShared.c + 4 * (<usize>row * Product.cRow + column);
  const bias = Finish.bias == 0 ? 0 : Finish.bias + 4 * <usize>column;
  const block = depthOf(k);
  for (let start = 0; start < k; start += block) {
    const depth = min(block, k - start);
    const a = partOf(MultiplyShared.a, Product.aRow, across, start, row);
    const b = MultiplyShared.packed + 4 * (<usize>packedDepth(start) * width + <usize>column * packedDepth(depth));
    const before = start == 0 ? bias : 0;
    multiplyPacked(a, Product.aRow, across, Product.scale, b, rows, columns, depth, c, Product.cRow, start > 0, before);
  }
  finish(c, row, column, rows, columns);
}

/** One product over a large k: chunk (span of k, block of columns, block of rows). The first span's sums go to c, the others' to consecutive partial arrays. */
export function multiplySpans(chunk: i32): void {
  const rowBlocks = (Product.m + MultiplySpans.rows - 1) / MultiplySpans.rows;
  const columnBlocks = (Product.n + MultiplySpans.columns - 1) / MultiplySpans.columns;
  const row = (chunk % rowBlocks) * MultiplySpans.rows;
  const column = ((chunk / rowBlocks) % columnBlocks) * MultiplySpans.columns;
  const span = chunk / (rowBlocks * columnBlocks);
  const start = span * MultiplySpans.span;
  const others = MultiplySpans.partial + 4 * (<usize>(span - 1) * <usize>Product.m * <usize>Product.n);
  multiply(
    MultiplySpans.blas,
    Product.transposeA,
    Product.transposeB,
    min(MultiplySpans.rows, Product.m - row),
    min(MultiplySpans.columns, Product.n - column),
    min(MultiplySpans.span, Product.k - start),
    Product.scale,
    partOf(MultiplySpans.a, Product.aRow, !Product.transposeA, start, row),
    Product.aRow,
    partOf(MultiplySpans.b, Product.bRow, Product.transposeB, start, column),
    Product.bRow,
    false,
    (span == 0 ? MultiplySpans.c : others) + 4 * (<usize>row * <usize>Product.n + column),
    Product.n,
  );
}

/** c += the other spans' sums */
export function addSpans(chunk: i32): void {
  const size = 4 * <usize>Elements.size;
  for (let i = firstElement(chunk), last = lastElement(chunk); i < last; i += 4) {
    const at = 4 * <usize>i;
    let sum = v128.load(AddSpans.c + at);
    for (let span: i32 = 0, other: usize = AddSpans.partial + at; span < AddSpans.blocks; span++, other += size)
      sum = f32x4.add(sum, v128.load(other));
    storeUpTo(AddSpans.c + at, sum, last - i);
  }
}

/** Blocks of c that are each computed by one thread: chunk (product or group of whole products, block of columns, block of rows). */
export function multiplyBlocks(chunk: i32): void {
  const rowBlocks = (Product.m + MultiplyBlocks.rows - 1) / MultiplyBlocks.rows;
  const columnBlocks = (Product.n + MultiplyBlocks.columns - 1) / MultiplyBlocks.columns;
  const blocks = rowBlocks * columnBlocks;
  const row = (chunk % rowBlocks) * MultiplyBlocks.rows;
  const column = ((chunk / rowBlocks) % columnBlocks) * MultiplyBlocks.columns;
  const first = (chunk / blocks) * MultiplyBlocks.group;
  const last = min(first + MultiplyBlocks.group, MultiplyBlocks.products);
  for (let product = first; product < last; product++) multiplyBlock(product, row, column);
}

function multiplyBlock(product: i32, row: i32, column: i32): void {
  const outer = <usize>(product / Strides.inner);
  const inner = <usize>(product % Strides.inner);
  const rows = min(MultiplyBlocks.rows, Product.m - row);
  const columns = min(MultiplyBlocks.columns, Product.n - column);
  const transposeA = Product.transposeA;
  const transposeB = Product.transposeB;
  const a = MultiplyBlocks.a + 4 * (outer * <usize>Strides.aOuter + inner * <usize>Strides.aInner);
  const b = MultiplyBlocks.b + 4 * (outer * <usize>Strides.bOuter + inner * <usize>Strides.bInner);
  const c =
    MultiplyBlocks.c +
    4 * (outer * <usize>Strides.cOuter + inner * <usize>Strides.cInner + <usize>row * <usize>Product.cRow + column);
  const bias = Finish.bias;
  if (bias != 0) fillRows(c, bias + 4 * <usize>column, rows, columns);
  multiply(
    MultiplyBlocks.blas,
    transposeA,
    transposeB,
    rows,
    columns,
    Product.k,
    Product.scale,
    partOf(a, Product.aRow, !transposeA, 0, row),
    Product.aRow,
    partOf(b, Product.bRow, transposeB, 0, column),
    Product.bRow,
    bias != 0,
    c,
    Product.cRow,
  );
  finish(c, row, column, rows, columns);
}

function fillRows(c: usize, bias: usize, rows: i32, columns: i32): void {
  for (let i = 0; i < rows; i++, c += 4 * <usize>Product.cRow) memory.copy(c, bias, 4 * <usize>columns);
}

/** y = dropout(gelu(c)) for a block that is still in the cache, if there is a y. */
function finish(c: usize, row: i32, column: i32, rows: i32, columns: i32): void {
  if (Finish.y == 0) return;
  const place = <u64>row * Product.cRow + column;
  const number = <u64>row * Product.cRow + (Finish.firstColumn + column);
  activateBlock(c, Finish.y + 4 * <usize>place, Product.cRow, number, rows, columns, Finish.tanh);
}
