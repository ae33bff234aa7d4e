// Packing into panels of pairs of bf16: as packPanels.ts, but for k and k + 1 there is one word a lane, k in its lower half. Numbers are
// rounded to the nearest bf16, ties to even. After an odd k comes a zero.
import { lanes } from '../arithmetic/vector';

const STRIP: i32 = 16; // rows read for all panels before the next are, as in packPanels.ts; even

/**
 * Packs `count` lanes, times `scale`. across: a lane's elements are contiguous over k, else lanes lie side by side.
 * @param whole the pairs of a lane of the panels, of which this may be a part
 */
export function packPairs(
  width: i32,
  source: usize,
  stride: usize,
  across: bool,
  depth: i32,
  count: i32,
  target: usize,
  whole: i32,
  scale: f32,
): void {
  const step: usize = 4 * <usize>width;
  const factor = f32x4.splat(scale);
  for (let k = 0; k < depth; k += STRIP) {
    const rows = min(STRIP, depth - k);
    const start = source + <usize>k * (across ? 4 : stride);
    for (let lane = 0; lane < count; lane += width) {
      const panel = target + 4 * <usize>(lane * whole) + <usize>(k >> 1) * step;
      const from = start + <usize>lane * (across ? stride : 4);
      for (let part = 0; part < width; part += 4) {
        const to = panel + 4 * <usize>part;
        const valid = count - lane - part;
        if (across) pairsAcross(from + <usize>part * stride, stride, rows, valid, to, step, factor);
        else pairsAlong(from + 4 * <usize>part, stride, rows, valid, to, step, factor);
      }
    }
  }
}

/** Four lanes that are adjacent in the source, with `stride` bytes from one k to the next. */
function pairsAlong(
  source: usize,
  stride: usize,
  depth: i32,
  valid: i32,
  target: usize,
  step: usize,
  factor: v128,
): void {
  const kept = lanes(valid);
  const zero = f32x4.splat(0);
  if (valid <= 0) {
    source = target; // nothing beyond the matrix is read
    stride = 0;
  }
  for (let k = 0; k < depth; k += 2, source += 2 * stride, target += step) {
    const low = f32x4.mul(v128.load(source), factor);
    const high = k + 1 < depth ? f32x4.mul(v128.load(source + stride), factor) : zero;
    v128.store(target, v128.and(pairsOf(low, high), kept));
  }
}

/** Four lanes that are `stride` bytes apart in the source, each contiguous over k. */
function pairsAcross(
  source: usize,
  stride: usize,
  depth: i32,
  valid: i32,
  target: usize,
  step: usize,
  factor: v128,
): void {
  const row0 = valid > 0 ? source : target;
  const row1 = valid > 1 ? source + stride : row0;
  const row2 = valid > 2 ? source + 2 * stride : row0;
  const row3 = valid > 3 ? source + 3 * stride : row0;
  const kept = lanes(valid);
  let k = 0;
  let at: usize = 0;
  for (; k + 4 <= depth; k += 4, at += 16) {
    const a = rounded(f32x4.mul(v128.load(row0 + at), factor));
    const b = rounded(f32x4.mul(v128.load(row1 + at), factor));
    const c = rounded(f32x4.mul(v128.load(row2 + at), factor));
    const d = rounded(f32x4.mul(v128.load(row3 + at), factor));
    const ab = upperHalves(a, b); // pairs 0 and 1 of a, then of b
    const cd = upperHalves(c, d);
    v128.store(target, v128.and(i32x4.shuffle(ab, cd, 0, 2, 4, 6), kept));
    target += step;
    v128.store(target, v128.and(i32x4.shuffle(ab, cd, 1, 3, 5, 7), kept));
    target += step;
  }
  for (; k < depth; k += 2, at += 8, target += step) {
    const low = f32x4.mul(column(row0 + at, row1 + at, row2 + at, row3 + at), factor);
    const next = at + 4;
    const high =
      k + 1 < depth ? f32x4.mul(column(row0 + next, row1 + next, row2 + next, row3 + next), factor) : f32x4.splat(0);
    v128.store(target, v128.and(pairsOf(low, high), kept));
  }
}

function column(a: usize, b: usize, c: usize, d: usize): v128 {
  return f32x4(load<f32>(a), load<f32>(b), load<f32>(c), load<f32>(d));
}

/** Words of the numbers for an even k and for the k after it. */
function pairsOf(low: v128, high: v128): v128 {
  return i16x8.shuffle(rounded(low), rounded(high), 1, 9, 3, 11, 5, 13, 7, 15);
}

function upperHalves(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
}

/** Each number's nearest bf16, ties to even, in the upper half of its lane; what is no number stays none. */
function rounded(v: v128): v128 {
  const odd = v128.and(i32x4.shr_u(v, 16), i32x4.splat(1));
  const sum = i32x4.add(v, i32x4.add(odd, i32x4.splat(0x7fff)));
  return v128.bitselect(v128.or(v, i32x4.splat(0x400000)), sum, f32x4.ne(v, v));
}
