// Packing of operands rounded to bf16 by the machine code that multiplies them; what it makes is what packPairs.ts makes, but that rows
// of a that are contiguous over k stay rows.
import {
  CALL_EDGE_BITS,
  CALL_TASK,
  NATIVE_BLOCK_ROWS,
  PACK_DEPTH,
  PACK_LANES,
  PACK_OFFSETS,
  PACK_ORDER,
  PACK_PANEL,
  PACK_SCALE,
  PACK_SOURCE,
  PACK_STEP,
  PACK_STRIDE,
  PACK_TARGET,
  TASK_GATHER,
  TASK_PAIR_ROWS,
  TASK_ROUND_ROWS,
} from '../../jobs/layout';
import { nativeRows, scratch } from '../memory/job';
import { CALL, PACKED_A, PACKED_A_ROWS } from '../memory/scratch';
import { multiplyTiles } from '../native';
import { placeRows } from './placeRows';

const WIDTH: i32 = 32; // lanes of a panel
const LINE: i32 = 64; // bytes
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
    const words = (depth + 1) >> 1;
    pairRows(source, stride, depth, count, target, 4 * WIDTH, 4 * WIDTH * whole, 1);
    if (zeros > 0)
      for (let lane = 0; lane < count; lane += WIDTH)
        memory.fill(target + 4 * <usize>(lane * whole + WIDTH * words), 0, 4 * <usize>(WIDTH * zeros));
    return;
  }
  const call = scratch() + CALL;
  const rows = scratch() + PACKED_A; // free until a is packed
  const row = rowBytes(depth);
  for (let lane = 0; lane < count; lane += WIDTH, target += 4 * <usize>(WIDTH * whole)) {
    const lanes = min(WIDTH, count - lane);
    roundRows(source + <usize>lane * stride, stride, depth, lanes, rows, row, 1);
    place(TASK_GATHER, rows, 0, whole, lanes, target, 4 * WIDTH, 0, 1, lanes);
    for (let i = 0; i < WIDTH; i++) store<i32>(call + 4 * <usize>i, i * row, PACK_OFFSETS);
    multiplyTiles(call);
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

/** As packRowsOfA, but all become rows: those that lie side by side are paired, and the panel transposed. */
export function packRowsForAmx(a: usize, stride: i32, across: bool, depth: i32, rows: i32, scale: f32): void {
  if (across) {
    packRowsOfA(a, stride, across, depth, rows, scale);
    return;
  }
  const panel = scratch() + PACKED_A;
  const packed = scratch() + PACKED_A_ROWS;
  const step = 4 * NATIVE_BLOCK_ROWS;
  const words = (depth + 1) >> 1;
  const row = rowBytes((depth + 2 * WIDTH - 1) & -(2 * WIDTH)); // a gather writes 32 pairs
  const call = scratch() + CALL;
  pairRows(a, stride, depth, rows, panel, step, 4 * WIDTH, scale);
  for (let word = 0; word < words; word += WIDTH) {
    const from = panel + <usize>(word * step);
    place(TASK_GATHER, from, 0, rows, 0, packed + 4 * <usize>word, row, 0, 1, min(WIDTH, words - word));
    for (let i = 0; i < WIDTH; i++) store<i32>(call + 4 * <usize>i, i * step, PACK_OFFSETS);
    multiplyTiles(call);
  }
  placeRows(packed, row, 4, nativeRows() * row);
}

/** Of a row of bf16: whole lines, an odd number of them, so that rows do not compete for places of the cache. */
function rowBytes(depth: i32): i32 {
  return LINE * (((2 * depth + LINE - 1) / LINE) | 1);
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
  place(TASK_PAIR_ROWS, source, stride, depth, lanes, target, step, panel, scale, lanes % WIDTH);
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
