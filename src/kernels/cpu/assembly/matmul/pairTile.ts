// What machine code for bf16 does (native/tiles/tilesCode.ts), for processors without it: slow, and with the same bits, since the
// product of two bf16 is exact in f32 and is added to the sum in the same order.
import {
  CALL_A,
  CALL_ADD,
  CALL_A_ROW,
  CALL_A_STEP,
  CALL_A_TILE,
  CALL_B,
  CALL_BEFORE,
  CALL_BEFORE_STEP,
  CALL_C,
  CALL_COLUMNS,
  CALL_C_ROW,
  CALL_DEPTH,
  CALL_ROWS,
  EMULATED_COLUMNS,
  EMULATED_ROWS,
} from '../../jobs/layout';
import { scratch } from '../memory/job';
import { TILE, TILE_ROW } from '../memory/scratch';
import { deliver } from './deliver';

/** Computes the call whose arguments are at that address. */
export function emulateTiles(call: usize): void {
  const depth = load<i32>(call, CALL_DEPTH);
  const rows = load<i32>(call, CALL_ROWS);
  const columns = load<i32>(call, CALL_COLUMNS);
  const cRow = <usize>load<u32>(call, CALL_C_ROW);
  const add = load<i32>(call, CALL_ADD) != 0;
  const sums = scratch() + TILE;
  let b = <usize>load<u32>(call, CALL_B);
  let across = <usize>load<u32>(call, CALL_C);
  let before = <usize>load<u32>(call, CALL_BEFORE);
  for (let j = 0; j < columns; j += EMULATED_COLUMNS) {
    let a = <usize>load<u32>(call, CALL_A);
    let c = across;
    for (let i = 0; i < rows; i += EMULATED_ROWS) {
      pairTile(depth, a, load<u32>(call, CALL_A_ROW), load<u32>(call, CALL_A_STEP), b, sums, before);
      deliver(sums, c, cRow, add, min(rows - i, EMULATED_ROWS), min(columns - j, EMULATED_COLUMNS));
      a += <usize>load<u32>(call, CALL_A_TILE);
      c += EMULATED_ROWS * cRow;
    }
    b += 4 * <usize>(EMULATED_COLUMNS * depth);
    across += 4 * EMULATED_COLUMNS;
    before += <usize>load<u32>(call, CALL_BEFORE_STEP);
  }
}

/** c = before + the sums of a 4 x 8 tile */
function pairTile(depth: i32, a: usize, aRow: usize, aStep: usize, b: usize, c: usize, before: usize): void {
  let c00 = v128.load(before);
  let c01 = v128.load(before, 16);
  let c10 = c00;
  let c11 = c01;
  let c20 = c00;
  let c21 = c01;
  let c30 = c00;
  let c31 = c01;
  for (let k = 0; k < depth; k++, a += aStep, b += 32) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load_splat<f32>(a);
    c00 = addPairs(c00, a0, b0);
    c01 = addPairs(c01, a0, b1);
    const a1 = v128.load_splat<f32>(a + aRow);
    c10 = addPairs(c10, a1, b0);
    c11 = addPairs(c11, a1, b1);
    const a2 = v128.load_splat<f32>(a + 2 * aRow);
    c20 = addPairs(c20, a2, b0);
    c21 = addPairs(c21, a2, b1);
    const a3 = v128.load_splat<f32>(a + 3 * aRow);
    c30 = addPairs(c30, a3, b0);
    c31 = addPairs(c31, a3, b1);
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += TILE_ROW;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += TILE_ROW;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += TILE_ROW;
  v128.store(c, c30);
  v128.store(c, c31, 16);
}

/** sum + a * b: the product of the upper halves, then that of the lower ones. */
function addPairs(sum: v128, a: v128, b: v128): v128 {
  const upper = i32x4.splat(0xffff0000);
  const first = f32x4.mul(v128.and(a, upper), v128.and(b, upper));
  return f32x4.add(f32x4.add(sum, first), f32x4.mul(i32x4.shl(a, 16), i32x4.shl(b, 16)));
}
