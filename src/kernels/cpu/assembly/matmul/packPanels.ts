// Packing into panels of any width that is a multiple of four, for the tiles in machine code; see pack.ts.
import { packAcross, packAlong } from './pack';

const STRIP: i32 = 32; // of k: lanes that are contiguous over k are read, and panels written, by whole lines of the cache

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
  const step: usize = 4 * <usize>width;
  for (let lane = 0; lane < count; lane += width) {
    const panel = target + 4 * <usize>(lane * whole);
    const from = source + <usize>lane * (across ? stride : 4);
    const lanes = count - lane;
    if (across) packPanelAcross(width, from, stride, depth, lanes, panel);
    else packPanelAlong(width, from, stride, depth, lanes, panel);
    if (scale != 1) scaleAll(panel, <usize>depth * step, scale);
  }
}

function packPanelAcross(width: i32, source: usize, stride: usize, depth: i32, lanes: i32, panel: usize): void {
  const step: usize = 4 * <usize>width;
  for (let k = 0; k < depth; k += STRIP, source += 4 * STRIP, panel += STRIP * step)
    for (let lane = 0; lane < width; lane += 4) {
      const from = source + <usize>lane * stride;
      packAcross(from, stride, min(STRIP, depth - k), lanes - lane, panel + 4 * <usize>lane, step);
    }
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
