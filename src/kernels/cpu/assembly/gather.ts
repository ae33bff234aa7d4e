import { firstElement, lastElement } from './elementwise';
import { Elements, Gather, GatherAdd, ScatterSum } from './jobs.generated';
import { storeUpTo } from './arithmetic/vector';

const BLOCK = 32; // rows of dy summed before they are added to the total, so that rounding errors stay small

/** y[r] = table[indices[r]], NaN for an index outside the table; chunks of rows */
export function gather(chunk: i32): void {
  const columns = Gather.columns;
  const bytes = <usize>columns * 4;
  for (let row = firstElement(chunk), last = lastElement(chunk); row < last; row++) {
    const index = load<i32>(Gather.indices + <usize>row * 4);
    const y = Gather.y + <usize>row * bytes;
    if (<u32>index < <u32>Gather.tableRows) memory.copy(y, Gather.table + <usize>index * bytes, bytes);
    else for (let c = 0; c < columns; c++) store<f32>(y + <usize>c * 4, NaN);
  }
}

/** total[r] += table[indices[r]], NaN for an index outside the table; chunks of rows */
export function gatherAdd(chunk: i32): void {
  const columns = GatherAdd.columns;
  const bytes = <usize>columns * 4;
  for (let row = firstElement(chunk), last = lastElement(chunk); row < last; row++) {
    const index = load<i32>(GatherAdd.indices + <usize>row * 4);
    const total = GatherAdd.total + <usize>row * bytes;
    const from = GatherAdd.table + <usize>index * bytes;
    const there = <u32>index < <u32>GatherAdd.tableRows;
    for (let c = 0; c < columns; c += 4) {
      const at = <usize>c * 4;
      const value = there ? v128.load(from + at) : f32x4.splat(NaN);
      storeUpTo(total + at, f32x4.add(v128.load(total + at), value), columns - c);
    }
  }
}

/** dtable[r] = sum of dy[order[j]], offsets[r] <= j < offsets[r + 1]; chunks (block of columns, block of table rows) */
export function scatterSum(chunk: i32): void {
  const columns = ScatterSum.columns;
  const width = ScatterSum.width;
  const rowBlocks = (Elements.size + Elements.grain - 1) / Elements.grain;
  const firstColumn = (chunk / rowBlocks) * width;
  const lastColumn = min(columns, firstColumn + width);
  const block = chunk % rowBlocks;
  for (let row = firstElement(block), last = lastElement(block); row < last; row++) {
    const start = load<i32>(ScatterSum.offsets + <usize>row * 4);
    const end = load<i32>(ScatterSum.offsets + <usize>row * 4, 4);
    const target = ScatterSum.dtable + <usize>row * columns * 4;
    let c = firstColumn;
    for (; c + 16 <= lastColumn; c += 16) sum16(start, end, c, columns, target + <usize>c * 4);
    for (; c < lastColumn; c += 4) sum4(start, end, c, columns, target + <usize>c * 4, lastColumn - c);
  }
}

function source(j: i32, column: i32, columns: i32): usize {
  return ScatterSum.dy + 4 * (<usize>load<i32>(ScatterSum.order + <usize>j * 4) * columns + column);
}

function sum16(start: i32, end: i32, column: i32, columns: i32, target: usize): void {
  let t0 = f32x4.splat(0);
  let t1 = t0;
  let t2 = t0;
  let t3 = t0;
  for (let j = start; j < end;) {
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (const stop = min(end, j + BLOCK); j < stop; j++) {
      const from = source(j, column, columns);
      s0 = f32x4.add(s0, v128.load(from));
      s1 = f32x4.add(s1, v128.load(from, 16));
      s2 = f32x4.add(s2, v128.load(from, 32));
      s3 = f32x4.add(s3, v128.load(from, 48));
    }
    t0 = f32x4.add(t0, s0);
    t1 = f32x4.add(t1, s1);
    t2 = f32x4.add(t2, s2);
    t3 = f32x4.add(t3, s3);
  }
  v128.store(target, t0);
  v128.store(target, t1, 16);
  v128.store(target, t2, 32);
  v128.store(target, t3, 48);
}

function sum4(start: i32, end: i32, column: i32, columns: i32, target: usize, count: i32): void {
  let total = f32x4.splat(0);
  for (let j = start; j < end;) {
    let part = f32x4.splat(0);
    for (const stop = min(end, j + BLOCK); j < stop; j++) part = f32x4.add(part, v128.load(source(j, column, columns)));
    total = f32x4.add(total, part);
  }
  storeUpTo(target, total, count);
}
