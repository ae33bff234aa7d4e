// The queue of jobs, by which threads share out work. The host publishes jobs, each with its arguments in a slot of a ring, and goes on
// without waiting. One job is open at a time, in the order of publishing: its chunks may be claimed. Whoever completes its last chunk
// opens the next, so that no thread waits for the host while a job is left. Each thread starts with its own range of chunks, the same
// share of every job, so that its data is still in its cache; then it helps the others. What a chunk computes depends only on its
// number, never on the thread that runs it.
import { JOB_CHUNKS, JOB_KERNEL, QUEUE, QUEUE_SLOTS, SLOT_BYTES, TICKETS } from '../../jobs/layout';
import { threadNumber } from './job';

// TICKETS holds one u64 per range, each in its own cache line: end << 32 | next chunk. One addition thus claims a chunk of the open job.
const MOST_RANGES: i32 = 128;
const RANGES: usize = 64; // number of ranges
const OPEN: usize = 68; // the slot of the open job
const OPENED: usize = 72; // jobs opened so far
const DONE: usize = 128; // chunks of the open job that are finished
const SEQUENCE: usize = 192; // counts jobs: what sleeping workers wait on
const SLEEPERS: usize = 196;
const STOP: usize = 200;
const FAILED: usize = 204; // 1 + the kernel that failed first
const PENDING: usize = 256; // jobs published and not finished

const SPINS = 40000; // about 100 microseconds: longer than the pauses between the kernels of a step

let published: u32 = 0;
/** The slot of the job whose chunk this thread computes. */
let current: usize = QUEUE;

/** The address of the arguments and the rest of the job whose chunk this thread computes. */
export function job(): usize {
  return current;
}

/** Main thread: how many threads there are, including it. */
export function setThreads(threads: i32): void {
  store<i32>(RANGES, min(threads, MOST_RANGES));
}

/** Main thread: appends a job of one chunk or more, whose arguments are in the slot `slotOf(jobs before it)`, which must be free. */
export function publish(kernel: i32, chunks: i32): void {
  const slot = slotOf(published++);
  store<i32>(slot + JOB_KERNEL, kernel);
  store<i32>(slot + JOB_CHUNKS, chunks);
  if (atomic.add<i32>(PENDING, 1) == 0) open();
}

function slotOf(number: u32): usize {
  return QUEUE + SLOT_BYTES * (number % QUEUE_SLOTS);
}

/** Offers the chunks of the next job: called when none is open, by the one thread that published it or completed the one before it. */
function open(): void {
  const number = load<u32>(OPENED);
  store<u32>(OPENED, number + 1);
  const slot = slotOf(number);
  store<usize>(OPEN, slot);
  atomic.store<i32>(DONE, 0);
  const ranges = load<i32>(RANGES);
  const chunks = load<i32>(slot + JOB_CHUNKS);
  let next: u32 = 0;
  for (let range = 0; range < ranges; range++) {
    const end = <u32>((<u64>chunks * <u64>(range + 1)) / <u64>ranges);
    atomic.store<u64>(ticketOf(range), ((<u64>end) << 32) | <u64>next);
    next = end;
  }
  atomic.add<i32>(SEQUENCE, 1);
  const sleepers = atomic.load<i32>(SLEEPERS);
  if (sleepers > 0) atomic.notify(SEQUENCE, min(sleepers, chunks));
}

function ticketOf(range: i32): usize {
  return TICKETS + 64 * <usize>range;
}

function hasChunks(ticket: u64): bool {
  return <u32>ticket < <u32>(ticket >> 32);
}

/** The number of a chunk to compute, or -1 when none is left of the open job, which stays open until the chunk is complete. */
export function claim(): i32 {
  const ranges = load<i32>(RANGES);
  for (let i = 0; i < ranges; i++) {
    const place = ticketOf((threadNumber() + i) % ranges);
    if (!hasChunks(atomic.load<u64>(place))) continue;
    const ticket = atomic.add<u64>(place, 1);
    if (!hasChunks(ticket)) continue;
    current = load<usize>(OPEN);
    return <i32>ticket;
  }
  return -1;
}

/** The kernel of the claimed chunk. */
export function kernel(): i32 {
  return load<i32>(current + JOB_KERNEL);
}

/** Ends the claimed chunk. The last one of a job opens the next job. */
export function complete(): void {
  const chunks = load<i32>(current + JOB_CHUNKS);
  if (atomic.add<i32>(DONE, 1) + 1 < chunks) return;
  if (atomic.sub<i32>(PENDING, 1) > 1) open();
}

/** The claimed chunk failed. */
export function fail(): void {
  atomic.cmpxchg<i32>(FAILED, 0, 1 + kernel());
}

/** The kernel that failed first, or -1. */
export function failed(): i32 {
  return atomic.load<i32>(FAILED) - 1;
}

/** Jobs that are published and not finished. */
export function pending(): i32 {
  return atomic.load<i32>(PENDING);
}

/** Main thread: the kernel of the open job, which this thread has no chunk of. */
export function openKernel(): i32 {
  return load<i32>(load<usize>(OPEN) + JOB_KERNEL);
}

/** Main thread: whether at most so many jobs are left or there are chunks to claim, after spinning for a while. */
export function changes(most: i32): bool {
  for (let spin = 0; spin < SPINS; spin++) if (pending() <= most || waiting()) return true;
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
