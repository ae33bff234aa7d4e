import type { MaskedInput } from '../../bert/Bert.ts';

/** The tokens of a batch as they were before some were masked. */
export function unmasked({ ids, positions, labels }: MaskedInput): Int32Array {
  const whole = ids.slice();
  for (const [i, position] of positions.entries()) whole[position] = labels[i];
  return whole;
}

/** The same batch with the tokens `ids`, of which those at ascending places are hidden and asked for. */
export function masked(batch: MaskedInput, ids: Int32Array, places: readonly number[], maskId: number): MaskedInput {
  const positions = Int32Array.from(places);
  const hidden = ids.slice();
  for (const position of positions) hidden[position] = maskId;
  return { ...batch, ids: hidden, positions, labels: positions.map((position) => ids[position]) };
}

/** Where each sequence of the batch begins and before which place it ends, as flat places. */
export function sequencesOf({ spans, batch, length }: MaskedInput): { start: number; end: number }[] {
  return Array.from({ length: batch * length }, (_, place) => place).flatMap((place) => {
    const [start, end] = [spans[2 * place], spans[2 * place + 1]];
    return start < end && place % length === start ? [{ start: place, end: place + end - start }] : [];
  });
}
