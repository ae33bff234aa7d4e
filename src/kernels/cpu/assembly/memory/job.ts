// The job block, by which threads share out work. One job runs at a time, cut into chunks. Each thread starts with its own range,
// the same share of every job, so that its data is still in its cache; then it helps the others. What a chunk computes depends only
// on its number, never on the thread that runs it.

import { AMX_PAIRS, PAIRS_AMX, PAIRS_EMULATED, PAIRS_NONE, PAIRS_SPLIT, PARTS, TICKETS } from '../../jobs/layout';

// TICKETS holds one u64 per range, each in its own cache line: end << 32 | next chunk. One addition thus claims a chunk of this very job.
const MOST_RANGES: i32 = 128;
const RANGES: usize = 64; // number of ranges
const DONE: usize = 128; // chunks finished
const SEQUENCE: usize = 192; // counts jobs: what sleeping workers wait on
const SLEEPERS: usize = 196;
const STOP: usize = 200;
const FAILED: usize = 204;
const WIDE: usize = 208;
const NATIVE_ROWS: usize = 212;
const NATIVE_COLUMNS: usize = 216;
const PAIRS: usize = 220;
const PASSES: usize = 224;
const KERNEL: usize = 256;

const SPINS = 40000; // about 100 microseconds: longer than the pauses between the kernels of a step

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

export function kernel(): i32 {
  return load<i32>(KERNEL);
}

/** Main thread: publishes the job, whose arguments are already in memory, to `threads` threads. */
export function publish(kernel: i32, chunks: i32, threads: i32): void {
  const ranges = min(threads, MOST_RANGES);
  store<i32>(KERNEL, kernel);
  store<i32>(RANGES, ranges);
  atomic.store<i32>(DONE, 0);
  let next: u32 = 0;
  for (let range = 0; range < ranges; range++) {
    const end = <u32>((<u64>chunks * <u64>(range + 1)) / <u64>ranges);
    atomic.store<u64>(ticketOf(range), ((<u64>end) << 32) | <u64>next);
    next = end;
  }
  atomic.add<i32>(SEQUENCE, 1);
  const sleepers = atomic.load<i32>(SLEEPERS);
  if (sleepers > 0) atomic.notify(SEQUENCE, min(sleepers, chunks - 1));
}

function ticketOf(range: i32): usize {
  return TICKETS + 64 * <usize>range;
}

function hasChunks(ticket: u64): bool {
  return <u32>ticket < <u32>(ticket >> 32);
}

/** The number of a chunk to compute, or -1 when none is left. */
export function claim(): i32 {
  const ranges = load<i32>(RANGES);
  for (let i = 0; i < ranges; i++) {
    const place = ticketOf((thread + i) % ranges);
    if (!hasChunks(atomic.load<u64>(place))) continue;
    const ticket = atomic.add<u64>(place, 1);
    if (hasChunks(ticket)) return <i32>ticket;
  }
  return -1;
}

export function complete(): void {
  atomic.add<i32>(DONE, 1);
}

export function fail(): void {
  atomic.store<i32>(FAILED, 1);
}

export function failed(): bool {
  return atomic.load<i32>(FAILED) != 0;
}

/** Main thread: whether all chunks are done, after spinning for a while. */
export function finished(chunks: i32): bool {
  for (let spin = 0; spin < SPINS; spin++) if (atomic.load<i32>(DONE) == chunks) return true;
  return false;
}

function waiting(): bool {
  for (let range = 0; range < load<i32>(RANGES); range++) if (hasChunks(atomic.load<u64>(ticketOf(range)))) return true;
  return false;
}

/** Worker: waits, spinning for a while and then sleeping; returns true if there may be work, false if the pool closes. */
export function rest(): bool {
  for (let spin = 0; spin < SPINS; spin++) if (waiting()) return true;
  const seen = atomic.load<i32>(SEQUENCE);
  atomic.add<i32>(SLEEPERS, 1);
  if (!waiting() && atomic.load<i32>(STOP) == 0) atomic.wait<i32>(SEQUENCE, seen, -1);
  atomic.sub<i32>(SLEEPERS, 1);
  return atomic.load<i32>(STOP) == 0;
}

/** Main thread: stops the workers. */
export function stop(): void {
  atomic.store<i32>(STOP, 1);
  atomic.add<i32>(SEQUENCE, 1);
  atomic.notify(SEQUENCE, -1);
}
