// A block of rows times panels of columns by machine code: in one call, which also sees to the tiles that c has only a part of.
import {
  CALL_ADD,
  CALL_B,
  CALL_BEFORE,
  CALL_BEFORE_STEP,
  CALL_C,
  CALL_COLUMNS,
  CALL_C_ROW,
  CALL_DEPTH,
  CALL_EDGE_BITS,
  CALL_EDGE_LANES,
  CALL_ROWS,
  CALL_TASK,
  TASK_MULTIPLY,
} from '../../jobs/layout';
import { amx, emulated, nativeColumns, nativeRows, packedDepth, pairs, scratch } from '../memory/job';
import { CALL, PACKED_A } from '../memory/scratch';
import { multiplyTiles } from '../native';
import { packRowsForAmx, packRowsOfA, placeRowsForAmx } from './packNative';
import { packPairs } from './packPairs';
import { packPanels } from './packPanels';
import { emulateTiles } from './pairTile';
import { placeRows } from './placeRows';

const ZEROS = memory.data(128, 64); // as wide as a panel
const SHORT: i32 = 160; // of k: so many lines of a transposed a stay in the first-level cache
const PLACES: i32 = 1024; // floats: rows so far apart compete for the same places of the first-level cache

/** As multiplyPacked of panels.ts, where the panels of b are as wide as the machine code's tiles. */
export function multiplyNative(
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
  const straight = !pairs() && scale == 1 && (across ? aRow % PLACES != 0 : depth <= SHORT);
  if (straight) placeRows(a, across ? 4 * aRow : 4, across ? 4 : 4 * aRow, nativeRows() * (across ? 4 * aRow : 4));
  else if (amx()) {
    packRowsForAmx(a, 4 * aRow, across, depth, rows, scale);
    placeRowsForAmx(depth);
  } else if (pairs() && !emulated()) packRowsOfA(a, 4 * aRow, across, depth, rows, scale);
  else {
    const packed = scratch() + PACKED_A;
    const stride = 4 * <usize>aRow;
    const words = packedDepth(depth);
    if (pairs()) packPairs(nativeRows(), a, stride, across, depth, rows, packed, words, scale);
    else packPanels(nativeRows(), a, stride, across, depth, rows, packed, depth, scale);
    placeRows(packed, 4, 4 * nativeRows(), 4 * nativeRows() * words);
  }
  multiplyPlaced(b, rows, columns, depth, c, cRow, add, bias);
}

/** The same where the call has been told of the rows of a. */
export function multiplyPlaced(
  b: usize,
  rows: i32,
  columns: i32,
  depth: i32,
  c: usize,
  cRow: i32,
  add: bool,
  bias: usize,
): void {
  const call = scratch() + CALL;
  store<i32>(call, TASK_MULTIPLY, CALL_TASK);
  store<i32>(call, <i32>b, CALL_B);
  store<i32>(call, packedDepth(depth), CALL_DEPTH);
  store<i32>(call, rows, CALL_ROWS);
  store<i32>(call, columns, CALL_COLUMNS);
  store<i32>(call, <i32>c, CALL_C);
  store<i32>(call, 4 * cRow, CALL_C_ROW);
  store<i32>(call, <i32>(bias == 0 ? ZEROS : bias), CALL_BEFORE);
  store<i32>(call, bias == 0 ? 0 : 4 * nativeColumns(), CALL_BEFORE_STEP);
  store<i32>(call, add, CALL_ADD);
  placeEdge(call, columns % nativeColumns());
  if (emulated()) emulateTiles(call);
  else multiplyTiles(call);
}

/** The columns of the last panel, if it is not whole. */
function placeEdge(call: usize, columns: i32): void {
  if (columns == 0) return;
  store<i32>(call, (1 << columns) - 1, CALL_EDGE_BITS);
  for (let lane = 0; lane < nativeColumns(); lane += 4) {
    const set = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(columns - lane));
    v128.store(call + 4 * <usize>lane, set, CALL_EDGE_LANES);
  }
}
