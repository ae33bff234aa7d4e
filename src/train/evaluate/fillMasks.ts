import type { Bert, MaskedInput } from '../../bert/Bert.ts';
import type { Device } from '../../kernels/device.ts';
import { fillMask } from './fillMask.ts';
import type { Guess } from './fillMask.ts';

/** The most tokens, and masked tokens, computed at once. */
const MOST_TOKENS = 1024;
const MOST_MASKS = 128;

/** `fillMask` of many sequences, of each by itself: several are computed at once, end to end. */
export async function fillMasks(
  device: Device,
  model: Bert,
  sequences: readonly MaskedInput[],
  top: number,
  among?: readonly number[],
): Promise<Guess[][][]> {
  const filled: Guess[][][] = [];
  for (const group of groups(sequences)) {
    const guesses = await fillMask(device, model, endToEnd(group), top, among);
    let next = 0;
    for (const { positions } of group) filled.push(guesses.slice(next, (next += positions.length)));
  }
  return filled;
}

function groups(sequences: readonly MaskedInput[]): MaskedInput[][] {
  const found: MaskedInput[][] = [];
  let [tokens, masks] = [Infinity, Infinity];
  for (const sequence of sequences) {
    tokens += sequence.length;
    masks += sequence.positions.length;
    if (tokens > MOST_TOKENS || masks > MOST_MASKS) {
      found.push([]);
      [tokens, masks] = [sequence.length, sequence.positions.length];
    }
    found[found.length - 1].push(sequence);
  }
  return found;
}

/** Sequences of one row each as one row. */
function endToEnd(sequences: readonly MaskedInput[]): MaskedInput {
  let length = 0;
  const parts = sequences.map((sequence) => {
    const start = length;
    length += sequence.length;
    return { ...sequence, start };
  });
  const joined = (values: (part: (typeof parts)[number]) => Int32Array): Int32Array =>
    Int32Array.from(parts.flatMap((part) => [...values(part)]));
  return {
    batch: 1,
    length,
    ids: joined(({ ids }) => ids),
    segments: joined(({ segments }) => segments),
    spans: joined(({ spans, start }) => spans.map((place) => place + start)),
    positions: joined(({ positions, start }) => positions.map((position) => position + start)),
    labels: joined(({ labels }) => labels),
  };
}
