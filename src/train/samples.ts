import type { Bert, MaskedSequences } from '../bert/Bert.ts';
import type { Device } from '../kernels/device.ts';
import { fillMask } from './fillMask.ts';

/** A word of validation text with its neighbours, and what the model thinks stands there when it is masked. */
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
  isContinuation(id: number): boolean;
}

/** Tokens shown on each side of the masked one. */
const CONTEXT = 10;
const GUESSES = 3;

/** From each of `count` sequences of the batch the word in the middle: chosen by its place, not by how well it goes. */
export async function samples(
  device: Device,
  model: Bert,
  vocabulary: Vocabulary,
  batch: MaskedSequences,
  count: number,
): Promise<Sample[]> {
  const { length } = batch;
  const ids = batch.ids.slice();
  for (const [i, position] of batch.positions.entries()) ids[position] = batch.labels[i];
  const rows = Array.from({ length: Math.min(count, batch.batch) }, (_, i) => Math.floor((i * batch.batch) / count));
  const positions = rows.flatMap((row) => middleWord(ids, row * length, length, vocabulary) ?? []);
  const masked = ids.map((id, i) => (positions.includes(i) ? vocabulary.maskId : id));
  const guesses = await fillMask(
    device,
    model,
    { ...batch, ids: masked, positions: Int32Array.from(positions) },
    GUESSES,
  );
  return positions.map((position, i) => {
    const row = position - (position % length);
    const text = (from: number, to: number): string =>
      vocabulary.decode(
        ids.subarray(Math.max(from, row), Math.min(to, row + length)).filter((id) => !vocabulary.isSpecial(id)),
      );
    return {
      before: text(position - CONTEXT, position),
      truth: vocabulary.tokenOf(ids[position]),
      after: text(position + 1, position + 1 + CONTEXT),
      guesses: guesses[i].map(({ id, probability }) => ({ token: vocabulary.tokenOf(id), probability })),
    };
  });
}

/** The place of the middle one of the row's words that are a single token. */
function middleWord(ids: Int32Array, row: number, length: number, vocabulary: Vocabulary): number | undefined {
  const words = Array.from({ length }, (_, i) => row + i).filter((place) => {
    const next = place + 1 < row + length ? ids[place + 1] : undefined;
    const isWord = /^\p{L}+$/u.test(vocabulary.tokenOf(ids[place])) && !vocabulary.isSpecial(ids[place]);
    return isWord && !(next !== undefined && vocabulary.isContinuation(next));
  });
  return words[Math.floor(words.length / 2)];
}

/** Two lines a sample. */
export function renderSamples(found: readonly Sample[]): string {
  return found
    .map(({ before, truth, after, guesses }) => {
      const answers = guesses.map(({ token, probability }) => `${token} ${Math.round(100 * probability)} %`).join(', ');
      return `  ${guesses[0].token === truth ? '+' : ' '} ${before} [${truth}] ${after}\n      ${answers}`;
    })
    .join('\n');
}
