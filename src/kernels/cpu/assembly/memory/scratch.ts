// How a thread's own memory is laid out: byte offsets from scratch().
export const TILE: usize = 0; // sums of a tile
export const KEYS: usize = 320; // of the dropout mask being drawn
export const DRAWN: usize = 384; // a piece of a dropout mask
export const DRAWN_FLOATS: i32 = 2048;
export const CURVE: usize = DRAWN + 8192 + 64; // a piece of GELU's curve; drawing may write a little past its end
export const CURVE_FLOATS: i32 = 1024;
export const PACKED_A: usize = CURVE + 4096 + 64;
export const BLOCK_ROWS: i32 = 80; // rows of a packed at once
export const DEPTH: i32 = 512; // k of a block: a panel of b (16 KiB) stays in the first-level cache
export const PACKED_B: usize = PACKED_A + 4 * 80 * 512;
export const BATCH_COLUMNS: i32 = 512; // columns of b that a thread packs for itself at once
export const SCORES: usize = PACKED_B + 4 * 512 * 512; // attention's scores, then their gradients
export const SCORES_FLOATS: usize = 65536 + 4096; // a block has at most 65536 scores, in 128 rows that may each end in 16 floats of nothing

/** What the host must give each thread. */
export function scratchBytes(): usize {
  return SCORES + 2 * 4 * SCORES_FLOATS;
}
