import type { Bert, MaskedSequences } from '../bert/Bert.ts';
import type { Device } from '../kernels/device.ts';
import { fillMask } from './fillMask.ts';

/** A masked word of validation text with its neighbours, and what the model thinks stood there. */
export interface Sample {
  readonly before: string;
  readonly truth: string;
  readonly after: string;
  readonly guesses: readonly { readonly token: string; readonly probability: number }[];
}

interface Vocabulary {
  readonly maskId: number;
  decode(ids: Iterable<number>): string;
  tokenOf(id: number): string;
  isSpecial(id: number): boolean;
}

/** Tokens shown on each side of the masked one. */
const CONTEXT = 8;

/** `count` samples, evenly spread over the batch's [MASK]s, so not chosen by how well they went. */
export async function samples(
  device: Device,
  model: Bert,
  vocabulary: Vocabulary,
  batch: MaskedSequences,
  count: number,
): Promise<Sample[]> {
  const { ids, positions, labels, length } = batch;
  const masked = [...positions.keys()].filter((i) => ids[positions[i]] === vocabulary.maskId);
  const chosen = masked.filter(
    (_, i) => Math.floor((i * count) / masked.length) !== Math.floor(((i - 1) * count) / masked.length),
  );
  const guesses = await fillMask(
    device,
    model,
    { ...batch, positions: Int32Array.from(chosen, (i) => positions[i]) },
    3,
  );
  return chosen.map((i, sample) => {
    const position = positions[i];
    const row = position - (position % length);
    const text = (from: number, to: number): string =>
      vocabulary.decode(
        ids
          .subarray(Math.max(from, row), Math.min(to, row + length))
          .filter((id) => id === vocabulary.maskId || !vocabulary.isSpecial(id)),
      );
    return {
      before: text(position - CONTEXT, position),
      truth: vocabulary.tokenOf(labels[i]),
      after: text(position + 1, position + 1 + CONTEXT),
      guesses: guesses[sample].map(({ id, probability }) => ({ token: vocabulary.tokenOf(id), probability })),
    };
  });
}

/** One line a sample. */
export function renderSamples(found: readonly Sample[]): string {
  return found
    .map(({ before, truth, after, guesses }) => {
      const answers = guesses.map(({ token, probability }) => `${token} ${Math.round(100 * probability)} %`).join(', ');
      return `  ${guesses[0].token === truth ? '+' : ' '} ${before} [${truth}] ${after}\n      ${answers}`;
    })
    .join('\n');
}
