import type { Part } from '../communicator.ts';

/** Of each rank, how many numbers of an array are its own, and where they begin. */
export interface Layout {
  readonly counts: Int32Array;
  readonly offsets: Int32Array;
}

/** Of parts of which each rank has one or none. */
export function layoutOf(parts: readonly Part[], ranks: number): Layout {
  const [counts, offsets] = [new Int32Array(ranks), new Int32Array(ranks)];
  for (const { rank, offset, size } of parts) {
    counts[rank] = size;
    offsets[rank] = offset;
  }
  return { counts, offsets };
}
