import type { Bert, MaskedInput } from '../../bert/Bert.ts';
import type { Device } from '../../kernels/device.ts';
import { fillMask } from './fillMask.ts';
import { masked, sequencesOf, unmasked } from './sequences.ts';

/** A word of validation text with its neighbours, and what the model predicts there when the word is masked. */
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

/** From each of `count` sequences of the batch (all, if there are fewer) the word in the middle: chosen by position, not by how well the model does. */
export async function samples(
  device: Device,
  model: Bert,
  vocabulary: Vocabulary,
  batch: MaskedInput,
  count: number,
): Promise<Sample[]> {
  const ids = unmasked(batch);
  const places = sequencesOf(batch).flatMap(({ start, end }) => {
    const position = middleWord(ids, start, end, vocabulary);
    return position === undefined ? [] : [{ position, start, end }];
  });
  const size = Math.min(count, places.length);
  if (size === 0) return [];
  const found = Array.from({ length: size }, (_, i) => places[Math.floor((i * places.length) / size)]);
  const positions = found.map(({ position }) => position);
  const guesses = await fillMask(device, model, masked(batch, ids, positions, vocabulary.maskId), GUESSES);
  return found.map(({ position, start, end }, i) => {
    const text = (from: number, to: number): string =>
      vocabulary.decode(
        ids.subarray(Math.max(from, start), Math.min(to, end)).filter((id) => !vocabulary.isSpecial(id)),
      );
    return {
      before: text(position - CONTEXT, position),
      truth: vocabulary.tokenOf(ids[position]),
      after: text(position + 1, position + 1 + CONTEXT),
      guesses: guesses[i].map(({ id, probability }) => ({ token: vocabulary.tokenOf(id), probability })),
    };
  });
}

/** What to mask, in order of preference: words, then numbers, then any token. */
const WORTH_ASKING = [/^[\p{L}\p{M}]+$/u, /^[\p{L}\p{M}\p{N}]+$/u, /[\p{L}\p{N}]/u, /./u];

/** The place of the middle one of the sequence's words that are a single token, or of its tokens if no word is. */
function middleWord(ids: Int32Array, start: number, end: number, vocabulary: Vocabulary): number | undefined {
  const ordinary = Array.from({ length: end - start }, (_, i) => start + i).filter(
    (place) => !vocabulary.isSpecial(ids[place]),
  );
  const isWhole = (place: number): boolean =>
    !vocabulary.isContinuation(ids[place]) && !(place + 1 < end && vocabulary.isContinuation(ids[place + 1]));
  const whole = ordinary.filter(isWhole);
  const likes = [
    ...WORTH_ASKING.map((worth) => whole.filter((place) => worth.test(vocabulary.tokenOf(ids[place])))),
    ordinary,
  ];
  const words = likes.find((places) => places.length > 0) ?? [];
  return words[Math.floor(words.length / 2)];
}

/** Two lines a sample, or why there is none. */
export function renderSamples(found: readonly Sample[]): string {
  if (found.length === 0) return '  none: the first validation batch has nothing but special tokens';
  return found
    .map((sample) => {
      const { before, truth, after } = sample;
      return `  ${isRight(sample) ? '+' : ' '} ${before} [${truth}] ${after}\n      ${guessesOf(sample)}`;
    })
    .join('\n');
}

/** Its guesses in a line, with a + before those of which the first is right. */
export const answersOf = (sample: Sample): string => `${isRight(sample) ? '+ ' : ''}${guessesOf(sample)}`;

const isRight = ({ guesses, truth }: Sample): boolean => guesses[0]?.token === truth;

const guessesOf = ({ guesses }: Sample): string =>
  guesses.map(({ token, probability }) => `${token} ${Math.round(100 * probability)} %`).join(', ');
