import type { MaskedInput } from '../../bert/Bert.ts';

/** The first rows of a batch, as views: all if there are fewer. */
export function firstRows(input: MaskedInput, rows: number): MaskedInput {
  const batch = Math.min(rows, input.batch);
  const size = batch * input.length;
  const beyond = input.positions.findIndex((position) => position >= size);
  const masked = beyond < 0 ? input.positions.length : beyond;
  return {
    batch,
    length: input.length,
    ids: input.ids.subarray(0, size),
    segments: input.segments.subarray(0, size),
    spans: input.spans.subarray(0, 2 * size),
    positions: input.positions.subarray(0, masked),
    labels: input.labels.subarray(0, masked),
  };
}
