/** How many sequences to choose from when filling a batch: enough that the space left empty is smaller than the shortest of them. */
const WINDOW = 32;

/**
 * Deals sequences into batches of at most `capacity` tokens: each takes the first of the next `WINDOW` that fits, again
 * and again, until none does. The next in order always starts a batch, so none waits forever.
 * @param order the sequences, each of at most `capacity` tokens
 */
export function* fillBatches(
  order: Iterable<number>,
  sizeOf: (sequence: number) => number,
  capacity: number,
): Generator<readonly number[]> {
  const coming = order[Symbol.iterator]();
  const window: { sequence: number; size: number }[] = [];
  const refill = (): void => {
    while (window.length < WINDOW) {
      const { value, done } = coming.next();
      if (done) return;
      window.push({ sequence: value, size: sizeOf(value) });
    }
  };
  for (refill(); window.length > 0;) {
    const batch: number[] = [];
    let free = capacity;
    for (;;) {
      const fitting = window.findIndex(({ size }) => size <= free);
      if (fitting < 0) break;
      const [{ sequence, size }] = window.splice(fitting, 1) as [(typeof window)[number]];
      batch.push(sequence);
      free -= size;
      refill();
    }
    yield batch;
  }
}
