// A block of rows times panels of columns, tile by tile.
import { deliver } from './deliver';
import { amx, emulated, nativeColumns, nativeRows, packedDepth, pairs, scratch, wide, wordsOf } from '../memory/job';
import { packNative } from './packNative';
import { wideTile } from '../pairs/joined';
import { multiplyNative } from './nativePanels';
import { packPanels5, packPanels8, packRows8 } from './pack';
import { packPairs } from './packPairs';
import { packPanels } from './packPanels';
import {
  AMX_BLOCK_ROWS,
  AMX_PAIRS,
  BLOCK_ROWS,
  DEPTH,
  NATIVE_BLOCK_ROWS,
  PANEL_COLUMNS,
  TILE_ROWS,
} from '../../jobs/layout';
import { PACKED_A, TILE, TILE_ROW } from '../memory/scratch';
import { tile } from './tile';

const ZEROS = memory.data(64, 16);
const SHORT: i32 = 160; // maximum k at which the lines of a transposed a stay in the L1 cache

/** The depth of a block of k: blocks are of nearly equal size, so that the last is not short. */
export function depthOf(k: i32): i32 {
  const blocks = max(1, (k + DEPTH - 1) / DEPTH);
  const whole = amx() ? 2 * AMX_PAIRS : 16;
  return min(DEPTH, ((k + blocks - 1) / blocks + whole - 1) & -whole);
}

/** The address of a lane (row of op(a), column of op(b)) at k = `start`. @param across whether a lane is contiguous over k */
export function partOf(matrix: usize, row: i32, across: bool, start: i32, lane: i32): usize {
  return matrix + 4 * (across ? <usize>lane * row + start : <usize>start * row + lane);
}

/** The columns of a panel. */
export function panelColumns(): i32 {
  return nativeRows() > 0 ? nativeColumns() : PANEL_COLUMNS;
}

/** Rows of a that are multiplied at once. */
export function blockRows(): i32 {
  return amx() ? AMX_BLOCK_ROWS : nativeRows() > 0 ? NATIVE_BLOCK_ROWS : BLOCK_ROWS;
}

/**
 * Packs `count` columns of b; across: they are contiguous over k.
 * @param whole the packed depth of the panels, of which this may be a part if not across
 * @param zeros how much of it is left to be zeros after this
 */
export function packB(
  source: usize,
  bRow: i32,
  across: bool,
  depth: i32,
  count: i32,
  target: usize,
  whole: i32 = packedDepth(depth),
  zeros: i32 = packedDepth(depth) - wordsOf(depth),
): void {
  const stride = 4 * <usize>bRow;
  if (pairs() && !emulated()) packNative(source, 4 * bRow, across, depth, count, target, whole, zeros);
  else if (pairs()) packPairs(nativeColumns(), source, stride, across, depth, count, target, whole, 1);
  else if (nativeRows() > 0) packPanels(nativeColumns(), source, stride, across, depth, count, target, whole, 1);
  else if (across) packPanels8(source, stride, depth, count, target);
  else packRows8(source, stride, depth, count, target, whole);
}

/**
 * c (+)= scale * a block of a @ packed panels of b (+ bias: one value per column, or 0 for none). Tiles read a in place if its rows are
 * contiguous or short; otherwise a is packed first, as are rows that do not fill a tile.
 */
export function multiplyPacked(
  a: usize,
  aRow: i32,
  across: bool,
  scale: f32,
  b: usize,
  rows: i32,
  columns: i32,
  depth: i32,
  c: usize,
  cRow: i32,
  add: bool,
  bias: usize,
): void {
  if (nativeRows() > 0) {
    multiplyNative(a, aRow, across, scale, b, rows, columns, depth, c, cRow, add, bias);
    return;
  }
  const straight = scale == 1 && (across || depth <= SHORT) ? rows - (rows % TILE_ROWS) : 0;
  packRows(partOf(a, aRow, across, 0, straight), aRow, across, depth, rows - straight, scale);
  for (let j = 0; j < columns;) {
    const width = wide() && columns - j > PANEL_COLUMNS ? 2 * PANEL_COLUMNS : PANEL_COLUMNS;
    const target = c + 4 * <usize>j;
    const before = bias == 0 ? ZEROS : bias + 4 * <usize>j;
    multiplyPanels(width, a, aRow, across, straight, b, rows, columns - j, depth, target, cRow, add, before);
    j += width;
    b += 4 * <usize>(width * depth);
  }
}

/** Packs scale * rows of a. */
function packRows(a: usize, aRow: i32, across: bool, depth: i32, rows: i32, scale: f32): void {
  const packed = scratch() + PACKED_A;
  packPanels5(a, 4 * <usize>aRow, across, depth, rows, packed);
  if (scale == 1) return;
  const factor = f32x4.splat(scale);
  for (
    let at = packed, end = packed + 4 * <usize>(depth * TILE_ROWS * ((rows + TILE_ROWS - 1) / TILE_ROWS));
    at < end;
    at += 16
  )
    v128.store(at, f32x4.mul(v128.load(at), factor));
}

/** The same for the columns of one tile, of which c may have fewer; rows from `straight` on are packed. */
function multiplyPanels(
  width: i32,
  a: usize,
  aRow: i32,
  across: bool,
  straight: i32,
  b: usize,
  rows: i32,
  columns: i32,
  depth: i32,
  c: usize,
  cRow: i32,
  add: bool,
  before: usize,
): void {
  const sums = scratch() + TILE;
  const row = 4 * <usize>cRow;
  let step = across ? 4 : 4 * <usize>aRow;
  let nextRow = across ? 4 * <usize>aRow : 4;
  let nextTile = TILE_ROWS * nextRow;
  for (let i = 0; i < rows; i += TILE_ROWS, a += nextTile, c += TILE_ROWS * row) {
    if (i == straight) {
      a = scratch() + PACKED_A;
      step = 20;
      nextRow = 4;
      nextTile = <usize>depth * 20;
    }
    const whole = rows - i >= TILE_ROWS && columns >= width;
    const direct = whole && !add;
    const target = direct ? c : sums;
    const stride = direct ? row : TILE_ROW;
    if (width > PANEL_COLUMNS) wideTile(depth, a, nextRow, step, b, target, stride, before);
    else tile(depth, a, nextRow, step, b, target, stride, before);
    if (direct) continue;
    if (whole) addTile(width, sums, c, row);
    else deliver(sums, c, row, add, min(rows - i, TILE_ROWS), min(columns, width));
  }
}

/** c += a whole tile */
function addTile(width: i32, sums: usize, c: usize, row: usize): void {
  for (let i = 0; i < TILE_ROWS; i++, c += row, sums += TILE_ROW)
    for (let at: usize = 0; at < 4 * <usize>width; at += 32) {
      const low = f32x4.add(v128.load(c + at), v128.load(sums + at));
      const high = f32x4.add(v128.load(c + at, 16), v128.load(sums + at, 16));
      v128.store(c + at, low);
      v128.store(c + at, high, 16);
    }
}
