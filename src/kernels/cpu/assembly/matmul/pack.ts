// Packing copies a block of a matrix into panels that the multiplication reads sequentially: for each k, the lanes of one
// panel side by side. Lanes beyond the matrix are zeros. This way all four cases of transposition are equally fast.

import { lanes } from '../arithmetic/vector';

/** Packs four lanes that are adjacent in the source, with `stride` bytes from one k to the next. */
export function packAlong(source: usize, stride: usize, depth: i32, valid: i32, target: usize, step: usize): void {
  if (valid >= 4) {
    for (let k = 0; k < depth; k++, source += stride, target += step) v128.store(target, v128.load(source));
    return;
  }
  const kept = lanes(valid);
  for (let k = 0; k < depth; k++, source += stride, target += step)
    v128.store(target, v128.and(v128.load(source), kept));
}

/** Packs four lanes that are `stride` bytes apart in the source, each contiguous over k. */
export function packAcross(source: usize, stride: usize, depth: i32, valid: i32, target: usize, step: usize): void {
  const zero = f32x4.splat(0);
  const row1 = valid > 1 ? source + stride : source;
  const row2 = valid > 2 ? source + 2 * stride : source;
  const row3 = valid > 3 ? source + 3 * stride : source;
  const kept = lanes(valid);
  if (valid <= 0) {
    for (let k = 0; k < depth; k++, target += step) v128.store(target, zero);
    return;
  }
  let k = 0;
  let offset: usize = 0;
  for (; k + 4 <= depth; k += 4, offset += 16) {
    const a = v128.load(source + offset);
    const b = v128.load(row1 + offset);
    const c = v128.load(row2 + offset);
    const d = v128.load(row3 + offset);
    const ab = i32x4.shuffle(a, b, 0, 4, 1, 5);
    const cd = i32x4.shuffle(c, d, 0, 4, 1, 5);
    const abHigh = i32x4.shuffle(a, b, 2, 6, 3, 7);
    const cdHigh = i32x4.shuffle(c, d, 2, 6, 3, 7);
    v128.store(target, v128.and(i64x2.shuffle(ab, cd, 0, 2), kept));
    target += step;
    v128.store(target, v128.and(i64x2.shuffle(ab, cd, 1, 3), kept));
    target += step;
    v128.store(target, v128.and(i64x2.shuffle(abHigh, cdHigh, 0, 2), kept));
    target += step;
    v128.store(target, v128.and(i64x2.shuffle(abHigh, cdHigh, 1, 3), kept));
    target += step;
  }
  for (; k < depth; k++, offset += 4, target += step) {
    const v = f32x4(
      load<f32>(source + offset),
      load<f32>(row1 + offset),
      load<f32>(row2 + offset),
      load<f32>(row3 + offset),
    );
    v128.store(target, v128.and(v, kept));
  }
}

// A few rows are read for all panels before the next rows: the rest of a cache line is then still in the cache for the next panel.
const STRIP: i32 = 16;

/** Packs `count` lanes into panels of five. @param across whether a lane's elements are contiguous over k */
export function packPanels5(source: usize, stride: usize, across: bool, depth: i32, count: i32, target: usize): void {
  if (across) {
    for (let lane = 0; lane < count; lane += 5, source += 5 * stride, target += <usize>depth * 20) {
      packAcross(source, stride, depth, count - lane, target, 20);
      packLane(source + 4 * stride, 4, depth, count - lane > 4, target + 16);
    }
    return;
  }
  for (let k = 0; k < depth; k += STRIP, source += STRIP * stride, target += STRIP * 20) {
    const rows = min(STRIP, depth - k);
    for (let lane = 0; lane < count; lane += 5) {
      const from = source + 4 * <usize>lane;
      const to = target + 4 * <usize>(lane * depth);
      if (count - lane > 4) packAlong5(from, stride, rows, to);
      else {
        packAlong(from, stride, rows, count - lane, to, 20);
        packLane(from, stride, rows, false, to + 16);
      }
    }
  }
}

/** The fifth lane of a panel; zeros if the matrix has no such lane. */
function packLane(source: usize, stride: usize, depth: i32, there: bool, target: usize): void {
  for (let k = 0; k < depth; k++, source += stride, target += 20) store<f32>(target, there ? load<f32>(source) : 0);
}

function packAlong5(source: usize, stride: usize, depth: i32, target: usize): void {
  for (let k = 0; k < depth; k++, source += stride, target += 20) {
    v128.store(target, v128.load(source));
    store<f32>(target, load<f32>(source, 16), 16);
  }
}

/** Packs `count` lanes, each contiguous over k, into panels of eight. */
export function packPanels8(source: usize, stride: usize, depth: i32, count: i32, target: usize): void {
  for (let lane = 0; lane < count; lane += 8, source += 8 * stride, target += <usize>depth * 32) {
    packAcross(source, stride, depth, count - lane, target, 32);
    packAcross(source + 4 * stride, stride, depth, count - lane - 4, target + 16, 32);
  }
}

/** Packs `depth` rows with adjacent lanes into panels of eight that have `whole` rows in total. */
export function packRows8(source: usize, stride: usize, depth: i32, count: i32, target: usize, whole: i32): void {
  for (let k = 0; k < depth; k += STRIP, source += STRIP * stride, target += STRIP * 32) {
    const rows = min(STRIP, depth - k);
    for (let lane = 0; lane < count; lane += 8) {
      const from = source + 4 * <usize>lane;
      const to = target + 4 * <usize>(lane * whole);
      const left = count - lane;
      if (left >= 8) packAlong8(from, stride, rows, to);
      else {
        packAlong(from, stride, rows, left, to, 32);
        packAlong(from + (left > 4 ? 16 : 0), stride, rows, left - 4, to + 16, 32);
      }
    }
  }
}

function packAlong8(source: usize, stride: usize, depth: i32, target: usize): void {
  for (let k = 0; k < depth; k++, source += stride, target += 32) {
    v128.store(target, v128.load(source));
    v128.store(target, v128.load(source, 16), 16);
  }
}
