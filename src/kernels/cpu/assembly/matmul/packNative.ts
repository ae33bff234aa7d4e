// Packing of operands as pairs of bf16 by the machine code that multiplies them: rounded, as packPairs.ts does, or floats split into three
// parts (native/packing/splitting.ts). Rows of a that are contiguous over k stay rows.
import {
  AMX_BLOCK_ROWS,
  CALL_EDGE_BITS,
  CALL_TASK,
  CALL_TILES,
  NATIVE_BLOCK_ROWS,
  PACK_DEPTH,
  PACK_LANES,
  PACK_ORDER,
  PACK_PANEL,
  PACK_SCALE,
  PACK_SOURCE,
  PACK_STEP,
  PACK_STRIDE,
  PACK_TARGET,
  TASK_PAIR_ROWS,
  TASK_ROUND_ROWS,
  TASK_TRANSPOSE,
} from '../../jobs/layout';
import { nativeRows, packedDepth, scratch, wordsOf } from '../memory/job';
import { CALL, PACKED_A, PACKED_A_ROWS } from '../memory/scratch';
import { multiplyTiles } from '../native';
import { placeRows } from './placeRows';

const WIDTH: i32 = 32; // lanes of a panel
const LINE: i32 = 64; // bytes
const SQUARE: i32 = 16; // words of a line, and rows, that are transposed at once
const PANEL_DEPTH: i32 = 128; // of k that is paired before it is transposed, so that it is in the cache
const order = memory.data<u16>([
  0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31,
]);

/** As packPairs of packPairs.ts, in panels of 32 lanes. */
export function packNative(
  source: usize,
  stride: i32,
  across: bool,
  depth: i32,
  count: i32,
  target: usize,
  whole: i32,
  zeros: i32,
): void {
  if (!across) {
    const words = wordsOf(depth);
    pairRows(source, stride, depth, count, target, 4 * WIDTH, 4 * WIDTH * whole, 1);
    if (zeros > 0)
      for (let lane = 0; lane < count; lane += WIDTH)
        memory.fill(target + 4 * <usize>(lane * whole + WIDTH * words), 0, 4 * <usize>(WIDTH * zeros));
    return;
  }
  const rows = scratch() + PACKED_A; // free until a is packed
  const row = rowBytes(depth);
  const even = whole & -SQUARE;
  const rest = scratch() + CALL + CALL_TILES; // free until tiles are multiplied
  for (let lane = 0; lane < count; lane += WIDTH, target += 4 * <usize>(WIDTH * whole)) {
    roundRows(source + <usize>lane * stride, stride, depth, min(WIDTH, count - lane), rows, row, 1);
    if (even > 0) transpose(rows, row, WIDTH, even, target, 4 * WIDTH);
    if (even == whole) continue;
    transpose(rows + 4 * <usize>even, row, WIDTH, SQUARE, rest, 4 * WIDTH);
    memory.copy(target + 4 * <usize>(WIDTH * even), rest, 4 * <usize>(WIDTH * (whole - even)));
  }
}

/** Packs scale * rows of a, where the call that multiplies them will find them. */
export function packRowsOfA(a: usize, stride: i32, across: bool, depth: i32, rows: i32, scale: f32): void {
  const packed = scratch() + PACKED_A;
  if (across) {
    const row = rowBytes(depth);
    roundRows(a, stride, depth, rows, packed, row, scale);
    placeRows(packed, row, 4, nativeRows() * row);
  } else {
    const step = 4 * NATIVE_BLOCK_ROWS; // one panel of all rows, 32 after 32
    pairRows(a, stride, depth, rows, packed, step, 4 * WIDTH, scale);
    placeRows(packed, 4, step, 4 * nativeRows());
  }
}

/** As packRowsOfA, but all become rows: those that lie side by side are paired, and the panel transposed, part by part. */
export function packRowsForAmx(a: usize, stride: i32, across: bool, depth: i32, rows: i32, scale: f32): void {
  const packed = scratch() + PACKED_A_ROWS;
  const row = rowBytes(depth);
  if (across) {
    roundRows(a, stride, depth, rows, packed, row, scale);
    return;
  }
  const panel = scratch() + PACKED_A;
  const step = 4 * AMX_BLOCK_ROWS;
  const lanes = (rows + SQUARE - 1) & -SQUARE;
  for (let k = 0, to = packed; k < depth; k += PANEL_DEPTH) {
    const part = min(PANEL_DEPTH, depth - k);
    const words = wordsOf(part);
    const whole = packedDepth(part);
    pairRows(a + <usize>k * stride, stride, part, rows, panel, step, 4 * WIDTH, scale);
    memory.fill(panel + <usize>(words * step), 0, <usize>((whole - words) * step));
    transpose(panel, step, whole, lanes, to, row);
    to += 4 * <usize>whole;
  }
}

/** Says where packRowsForAmx has put rows of that depth. */
export function placeRowsForAmx(depth: i32): void {
  const row = rowBytes(depth);
  placeRows(scratch() + PACKED_A_ROWS, row, 4, nativeRows() * row);
}

/** Of a row of packed words: whole lines, an odd number of them, so that rows do not compete for places of the cache. */
function rowBytes(depth: i32): i32 {
  return LINE * (((wordsOf(depth) + SQUARE - 1) / SQUARE) | 1);
}

/** Words of `rows` become columns; both numbers are multiples of 16. */
function transpose(source: usize, stride: i32, rows: i32, columns: i32, target: usize, step: i32): void {
  place(TASK_TRANSPOSE, source, stride, columns, rows, target, step, 0, 1, 0);
  multiplyTiles(scratch() + CALL);
}

function pairRows(
  source: usize,
  stride: i32,
  depth: i32,
  lanes: i32,
  target: usize,
  step: i32,
  panel: i32,
  scale: f32,
): void {
  place(TASK_PAIR_ROWS, source, stride, depth, lanes, target, step, panel, scale, ((lanes - 1) % WIDTH) + 1);
  store<i32>(scratch() + CALL, <i32>order, PACK_ORDER);
  multiplyTiles(scratch() + CALL);
}

function roundRows(source: usize, stride: i32, depth: i32, lanes: i32, target: usize, step: i32, scale: f32): void {
  place(TASK_ROUND_ROWS, source, stride, depth, lanes, target, step, 0, scale, depth % WIDTH);
  multiplyTiles(scratch() + CALL);
}

/** @param edge how many of the last 32 lanes, or numbers of a row, are there */
function place(
  task: i32,
  source: usize,
  stride: i32,
  depth: i32,
  lanes: i32,
  target: usize,
  step: i32,
  panel: i32,
  scale: f32,
  edge: i32,
): void {
  const call = scratch() + CALL;
  store<i32>(call, task, CALL_TASK);
  store<i32>(call, <i32>source, PACK_SOURCE);
  store<i32>(call, stride, PACK_STRIDE);
  store<i32>(call, depth, PACK_DEPTH);
  store<i32>(call, lanes, PACK_LANES);
  store<i32>(call, <i32>target, PACK_TARGET);
  store<i32>(call, step, PACK_STEP);
  store<i32>(call, panel, PACK_PANEL);
  store<f32>(call, scale, PACK_SCALE);
  store<i32>(call, edge == WIDTH ? -1 : (1 << edge) - 1, CALL_EDGE_BITS);
}
