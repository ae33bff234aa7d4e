import { CALL_A, CALL_A_ROW, CALL_A_STEP, CALL_A_TILE } from '../../jobs/layout';
import { scratch } from '../memory/job';
import { CALL } from '../memory/scratch';

/** Where a call of machine code finds a: its first element, and bytes to the next row, to the next k, and to the next tile's first row. */
export function placeRows(a: usize, row: i32, step: i32, tile: i32): void {
  const call = scratch() + CALL;
  store<i32>(call, <i32>a, CALL_A);
  store<i32>(call, row, CALL_A_ROW);
  store<i32>(call, step, CALL_A_STEP);
  store<i32>(call, tile, CALL_A_TILE);
}
