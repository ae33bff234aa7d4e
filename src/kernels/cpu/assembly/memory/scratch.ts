// How a thread's own memory is laid out: byte offsets from scratch().
import { AMX_BLOCK_ROWS, BLOCK_QUERIES, BLOCK_SCORES, CALL_BYTES, DEPTH, PARTS } from '../../jobs/layout';

export const TILE: usize = 0; // sums of a tile
export const TILE_ROW: usize = 64; // bytes from one of its rows to the next
export const KEYS: usize = 320; // keys of the dropout mask being drawn
export const DRAWN: usize = 384; // a piece of a dropout mask
export const DRAWN_FLOATS: i32 = 2048;
export const CURVE: usize = DRAWN + 4 * DRAWN_FLOATS + 64; // a piece of GELU's curve; drawing may write a little past its end
export const CURVE_FLOATS: i32 = 1024;
export const CALL: usize = CURVE + 4 * CURVE_FLOATS + 64; // arguments of machine code
export const SUMS: usize = CALL + CALL_BYTES; // 16 sums in float64, and behind them room for 16 floats
export const PACKED_A: usize = SUMS + 192;
export const PACKED_A_ROWS: usize = PACKED_A + 4 * AMX_BLOCK_ROWS * 192; // what AMX multiplies; before it 192 words of each row, on their way there
export const PACKED_B: usize = PACKED_A_ROWS + 2 * AMX_BLOCK_ROWS * PARTS * (DEPTH + 32); // with what pads rows
export const BATCH_COLUMNS: i32 = 512; // columns of b that a thread packs for itself at once; fewer of parts
export const BATCH_COLUMNS_OF_PARTS: i32 = 256;
export const SCORES: usize = PACKED_B + 4 * DEPTH * BATCH_COLUMNS; // attention's scores, then their gradients
export const SCORES_FLOATS: usize = BLOCK_SCORES + 32 * BLOCK_QUERIES; // rows are padded, see scoreRow

/** The size of the scratch memory that the host must give each thread. */
export function scratchBytes(): usize {
  return SCORES + 2 * 4 * SCORES_FLOATS;
}
