// The job block: how the threads learn what to compute and share it out. One job runs at a time, cut into chunks that
// whoever is free claims. What a chunk computes depends on its number alone, never on the thread that took it.

const TICKET: usize = 64; // u64: chunks of the job << 32 | next chunk, so that one addition claims a chunk of this very job
const DONE: usize = 128; // chunks finished
const SEQUENCE: usize = 192; // counts jobs: what sleeping workers wait on
const SLEEPERS: usize = 196;
const STOP: usize = 200;
const FAILED: usize = 204;
const WIDE: usize = 208;
const KERNEL: usize = 256;
const INTEGERS: usize = 260;
const REALS: usize = 512;

const SPINS = 40000; // about 100 microseconds: longer than the pauses between the kernels of a step

let threadScratch: usize = 0;

/** Gives this instance (one a thread) memory of its own. */
export function setScratch(address: usize): void {
  threadScratch = address;
}

export function scratch(): usize {
  return threadScratch;
}

/** Chooses the tile of 5 x 16 for all threads. */
export function setWide(chosen: bool): void {
  store<i32>(WIDE, chosen);
}

export function wide(): bool {
  return load<i32>(WIDE) != 0;
}

export function pointer(i: usize): usize {
  return load<usize>(INTEGERS + 4 * i);
}

export function integer(i: usize): i32 {
  return load<i32>(INTEGERS + 4 * i);
}

export function real(i: usize): f32 {
  return <f32>load<f64>(REALS + 8 * i);
}

export function kernel(): i32 {
  return load<i32>(KERNEL);
}

/** Main thread: offers the job whose parameters are in place. */
export function publish(kernel: i32, chunks: i32): void {
  store<i32>(KERNEL, kernel);
  atomic.store<i32>(DONE, 0);
  atomic.store<u64>(TICKET, (<u64>chunks) << 32);
  atomic.add<i32>(SEQUENCE, 1);
  const sleepers = atomic.load<i32>(SLEEPERS);
  if (sleepers > 0) atomic.notify(SEQUENCE, min(sleepers, chunks - 1));
}

/** The number of a chunk to compute, or -1 when none is left. */
export function claim(): i32 {
  const ticket = atomic.add<u64>(TICKET, 1);
  return <u32>ticket < <u32>(ticket >> 32) ? <i32>ticket : -1;
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

/** Main thread: whether all chunks are done, after looking for a while. */
export function finished(chunks: i32): bool {
  for (let spin = 0; spin < SPINS; spin++) if (atomic.load<i32>(DONE) == chunks) return true;
  return false;
}

function waiting(): bool {
  const ticket = atomic.load<u64>(TICKET);
  return <u32>ticket < <u32>(ticket >> 32);
}

/** Worker: returns true when there may be work (after spinning a while, then asleep) and false when the pool closes. */
export function rest(): bool {
  for (let spin = 0; spin < SPINS; spin++) if (waiting()) return true;
  const seen = atomic.load<i32>(SEQUENCE);
  atomic.add<i32>(SLEEPERS, 1);
  if (!waiting() && atomic.load<i32>(STOP) == 0) atomic.wait<i32>(SEQUENCE, seen, -1);
  atomic.sub<i32>(SLEEPERS, 1);
  return atomic.load<i32>(STOP) == 0;
}

/** Main thread: sends the workers home. */
export function stop(): void {
  atomic.store<i32>(STOP, 1);
  atomic.add<i32>(SEQUENCE, 1);
  atomic.notify(SEQUENCE, -1);
}
