import { Tape } from '../../autograd/tape.ts';
import type { Bert, MaskedInput } from '../../bert/Bert.ts';
import type { Device } from '../../kernels/device.ts';
import { firstRanked } from './firstRanked.ts';
import { masked, sequencesOf, unmasked } from './sequences.ts';

/** How many words a model finds, each in a sequence that has all its other words. */
export interface Cloze {
  readonly right: number;
  readonly count: number;
}

interface Vocabulary {
  readonly maskId: number;
  tokenOf(id: number): string;
  isSpecial(id: number): boolean;
  isContinuation(id: number): boolean;
}

/** The places of a word's pieces, one after another. */
type Word = readonly number[];

const LETTERS = /^(##)?[\p{L}\p{M}]+$/u;

/**
 * Asks for one word of each sequence, dropout off: the middle one of those of letters alone. All its pieces are masked, and each must
 * be what the model ranks first, so a word counts the same in every vocabulary.
 */
export async function cloze(
  device: Device,
  model: Bert,
  vocabulary: Vocabulary,
  batches: AsyncIterable<MaskedInput> | Iterable<MaskedInput>,
): Promise<Cloze> {
  let [right, count] = [0, 0];
  for await (const batch of batches) {
    const ids = unmasked(batch);
    const words = sequencesOf(batch).flatMap(({ start, end }) => middleWord(ids, start, end, vocabulary));
    if (words.length === 0) continue;
    const input = masked(batch, ids, words.flat(), vocabulary.maskId);
    const tape = new Tape(device, { training: false, gradients: false });
    const found = firstRanked(
      device,
      model.maskedLogits(tape, input).array,
      input.labels.length,
      model.options.vocabSize,
    );
    tape.free();
    const predicted = await found;
    const isRight = new Map([...input.positions].map((place, i) => [place, predicted[i] === input.labels[i]]));
    right += words.filter((word) => word.every((place) => isRight.get(place))).length;
    count += words.length;
  }
  return { right, count };
}

/** None if the sequence has no word of letters. A word that its end cuts off is not asked for. */
function middleWord(ids: Int32Array, start: number, end: number, vocabulary: Vocabulary): Word[] {
  const words: number[][] = [];
  for (let place = start; place < end; place++) {
    if (vocabulary.isContinuation(ids[place])) words.at(-1)?.push(place);
    else words.push([place]);
  }
  const isWord = (word: Word): boolean =>
    word.every((place) => !vocabulary.isSpecial(ids[place]) && LETTERS.test(vocabulary.tokenOf(ids[place])));
  const whole = words.filter(isWord);
  return whole.slice(Math.floor(whole.length / 2)).slice(0, 1);
}
