// What a thread has of its own, and how all of them compute products.

import { AMX_PAIRS, PAIRS_AMX, PAIRS_EMULATED, PAIRS_NONE, PAIRS_SPLIT, PARTS } from '../../jobs/layout';

const WIDE: usize = 208;
const NATIVE_ROWS: usize = 212;
const NATIVE_COLUMNS: usize = 216;
const PAIRS: usize = 220;
const PASSES: usize = 224;

let threadScratch: usize = 0;
let thread: i32 = 0;

/** Gives this instance (one per thread) its scratch memory and its number. */
export function enter(scratch: usize, number: i32): void {
  threadScratch = scratch;
  thread = number;
}

export function scratch(): usize {
  return threadScratch;
}

export function threadNumber(): i32 {
  return thread;
}

/** Selects 5 x 16 tiles, or 5 x 8, for all threads. */
export function setWide(chosen: bool): void {
  store<i32>(WIDE, chosen);
}

export function wide(): bool {
  return load<i32>(WIDE) != 0;
}

/**
 * Has all threads compute products in tiles of machine code, of so many rows and columns; 0 for those of WebAssembly.
 * @param pairs PAIRS_NONE; of operands rounded to bf16 PAIRS_NATIVE, PAIRS_AMX or PAIRS_EMULATED, without machine code; or PAIRS_SPLIT
 * @param passes whether machine code passes over rows too
 */
export function setNative(rows: i32, columns: i32, pairs: i32, passes: bool): void {
  store<i32>(NATIVE_ROWS, rows);
  store<i32>(NATIVE_COLUMNS, columns);
  store<i32>(PAIRS, pairs);
  store<i32>(PASSES, passes);
}

export function nativeRows(): i32 {
  return load<i32>(NATIVE_ROWS);
}

export function nativeColumns(): i32 {
  return load<i32>(NATIVE_COLUMNS);
}

/** Whether machine code passes over rows (nativeRows.ts). */
export function passes(): bool {
  return load<i32>(PASSES) != 0;
}

/** Whether operands are packed as pairs of bf16. */
export function pairs(): bool {
  return load<i32>(PAIRS) != PAIRS_NONE;
}

export function emulated(): bool {
  return load<i32>(PAIRS) == PAIRS_EMULATED;
}

/** Whether AMX multiplies them. */
export function amx(): bool {
  return load<i32>(PAIRS) >= PAIRS_AMX;
}

/** Whether they are three parts of floats. */
export function split(): bool {
  return load<i32>(PAIRS) == PAIRS_SPLIT;
}

/** Floats, or pairs of bf16, of a lane. Of parts, the pairs of all three, with the zeros that follow them. */
export function wordsOf(depth: i32): i32 {
  if (split()) return PARTS * AMX_PAIRS * ((depth + 2 * AMX_PAIRS - 1) / (2 * AMX_PAIRS));
  return pairs() ? (depth + 1) >> 1 : depth;
}

/** The same of a packed lane, which zeros may follow. */
export function packedDepth(depth: i32): i32 {
  const words = wordsOf(depth);
  return amx() ? (words + AMX_PAIRS - 1) & -AMX_PAIRS : words;
}
