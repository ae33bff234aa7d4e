import { softmax } from '../../autograd/ops/softmax.ts';
import { Tape } from '../../autograd/tape.ts';
import { BertrandError } from '../../error.ts';
import type { Bert, MaskedInput } from '../../bert/Bert.ts';
import type { Device } from '../../kernels/device.ts';

/** A token for a [MASK]. */
export interface Guess {
  /** The token's id. */
  readonly id: number;
  /** Its probability. */
  readonly probability: number;
}

/** One sequence of ids, whose [MASK]s are to be filled, as the model takes it. */
export function maskedSequence(ids: Int32Array, maskId: number, textSegment: number): MaskedInput {
  const positions = Int32Array.from([...ids.keys()].filter((i) => ids[i] === maskId));
  if (positions.length === 0)
    throw new BertrandError('the text has no [MASK] to fill', { advice: 'write [MASK] where a word is to be guessed' });
  return {
    batch: 1,
    length: ids.length,
    ids,
    segments: new Int32Array(ids.length).fill(textSegment),
    spans: Int32Array.from({ length: 2 * ids.length }, (_, i) => (i % 2 === 0 ? 0 : ids.length)),
    positions,
    labels: positions.map((position) => ids[position]),
  };
}

/**
 * The likeliest tokens for each masked position, likeliest first.
 * @param top how many
 * @param among the ids of those to choose from, each with its probability among all; all by default
 */
export async function fillMask(
  device: Device,
  model: Bert,
  sequences: MaskedInput,
  top: number,
  among?: readonly number[],
): Promise<Guess[][]> {
  const tape = new Tape(device, { training: false, gradients: false });
  const reading = softmax(model.maskedLogits(tape, sequences)).read(); // (masked, VS)
  tape.free();
  const probabilities = await reading;
  const { vocabSize } = model.options;
  return Array.from(sequences.positions, (_, i) =>
    likeliest(probabilities.subarray(i * vocabSize, (i + 1) * vocabSize), top, among),
  );
}

function likeliest(probabilities: Float64Array, top: number, among?: readonly number[]): Guess[] {
  const guesses = among
    ? among.map((id) => ({ id, probability: probabilities[id] }))
    : Array.from(probabilities, (probability, id) => ({ id, probability }));
  return guesses.toSorted((a, b) => b.probability - a.probability || a.id - b.id).slice(0, top);
}
