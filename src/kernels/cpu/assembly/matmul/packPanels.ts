// Packing into panels of any width that is a multiple of four, for the tiles in machine code; see pack.ts.
import { passes } from '../memory/job';
import { packAcross, packAlong } from './pack';
import { packWhole } from './packWhole';

// Rows read for all panels before the next are, a line of the cache where lanes are contiguous over k: what one panel leaves of it, the
// next ones find in the cache.
const STRIP: i32 = 16;

/**
 * Packs `count` lanes, times `scale`. across: a lane's elements are contiguous over k, else lanes lie side by side.
 * @param whole the depth of the panels, of which this may be a part
 */
export function packPanels(
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
  if (passes()) {
    const lanes = count - (count % width);
    const packed = packWhole(width, source, stride, across, depth, lanes, target, whole);
    const from = source + <usize>packed * (across ? 4 : stride);
    packStrips(width, from, stride, across, depth - packed, lanes, target + <usize>(4 * width * packed), whole);
    source += <usize>lanes * (across ? stride : 4);
    packStrips(width, source, stride, across, depth, count - lanes, target + 4 * <usize>(lanes * whole), whole);
  } else packStrips(width, source, stride, across, depth, count, target, whole);
  if (scale == 1) return;
  for (let lane = 0; lane < count; lane += width)
    scaleAll(target + 4 * <usize>(lane * whole), 4 * <usize>(width * depth), scale);
}

function packStrips(
  width: i32,
  source: usize,
  stride: usize,
  across: bool,
  depth: i32,
  count: i32,
  target: usize,
  whole: i32,
): void {
  const step: usize = 4 * <usize>width;
  for (let k = 0; k < depth; k += STRIP) {
    const rows = min(STRIP, depth - k);
    const start = source + <usize>k * (across ? 4 : stride);
    for (let lane = 0; lane < count; lane += width) {
      const panel = target + 4 * <usize>(lane * whole) + <usize>k * step;
      const from = start + <usize>lane * (across ? stride : 4);
      if (across) packPanelAcross(width, from, stride, rows, count - lane, panel);
      else packPanelAlong(width, from, stride, rows, count - lane, panel);
    }
  }
}

function packPanelAcross(width: i32, source: usize, stride: usize, depth: i32, lanes: i32, panel: usize): void {
  const step: usize = 4 * <usize>width;
  for (let lane = 0; lane < width; lane += 4)
    packAcross(source + <usize>lane * stride, stride, depth, lanes - lane, panel + 4 * <usize>lane, step);
}

function packPanelAlong(width: i32, source: usize, stride: usize, depth: i32, lanes: i32, panel: usize): void {
  const step: usize = 4 * <usize>width;
  if (lanes >= width) {
    for (let k = 0; k < depth; k++, source += stride, panel += step)
      for (let at: usize = 0; at < step; at += 16) v128.store(panel + at, v128.load(source + at));
    return;
  }
  for (let lane = 0; lane < width; lane += 4) {
    const at = 4 * <usize>lane;
    if (lanes > lane) packAlong(source + at, stride, depth, lanes - lane, panel + at, step);
    else packAcross(source, stride, depth, 0, panel + at, step); // zeros
  }
}

function scaleAll(start: usize, bytes: usize, scale: f32): void {
  const factor = f32x4.splat(scale);
  for (let at = start; at < start + bytes; at += 16) v128.store(at, f32x4.mul(v128.load(at), factor));
}
