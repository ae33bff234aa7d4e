import { crossEntropy } from '../../autograd/ops/crossEntropy.ts';
import { sum } from '../../autograd/ops/arithmetic/sum.ts';
import { Tape } from '../../autograd/tape.ts';
import type { Bert, MaskedInput } from '../../bert/Bert.ts';
import type { TextLength } from '../../data/baseline.ts';
import type { Device } from '../../kernels/device.ts';
import { alone } from '../../ranks/communicator.ts';
import type { Communicator } from '../../ranks/communicator.ts';
import { firstRanked } from './firstRanked.ts';
import { interleaved } from '../parallel/interleaved.ts';

/** Results over all masked positions of the batches. Losses are in nats. */
export interface Evaluation {
  /** Mean cross-entropy. */
  readonly loss: number;
  /** exp(loss) */
  readonly perplexity: number;
  /** Share of the masked tokens that the model ranks first. */
  readonly accuracy: number;
  /** The loss of always predicting each token by its frequency, on the same positions. */
  readonly unigramLoss: number;
  /** The lowest loss possible without context, given only the token visible at each position: what a real model must beat. */
  readonly contextFreeLoss: number;
  /** The loss a character of what is predicted, by which models of other vocabularies compare (docs/usage.md says how far). */
  readonly natsPerCharacter: number;
  /** The same in bits a byte of UTF-8. */
  readonly bitsPerByte: number;
  /** Number of masked positions. */
  readonly count: number;
}

/** The mean losses of guessing without context, in nats. */
export interface EvaluationBaseline {
  /** By frequency alone. */
  frequencyLoss(labels: Int32Array): number;
  /** From the token that is visible at the place itself. */
  contextFreeLoss(labels: Int32Array, seen: Int32Array): number;
  /** The text that labels stand for. */
  lengthOf(labels: Int32Array): TextLength;
}

/** Sums over the masked positions of a batch: losses, places where the model is right, how many there are, and their text. */
type Sums = readonly [
  loss: number,
  right: number,
  frequency: number,
  contextFree: number,
  count: number,
  characters: number,
  bytes: number,
];

/**
 * Evaluates the model, dropout off.
 * @param batches of several ranks, every size-th: all of them together have all
 */
export async function evaluate(
  device: Device,
  model: Bert,
  batches: AsyncIterable<MaskedInput> | Iterable<MaskedInput>,
  baseline: EvaluationBaseline,
  ranks: Communicator = alone,
): Promise<Evaluation> {
  const own: Sums[] = [];
  for await (const batch of batches) {
    const { loss, right } = await evaluateBatch(device, model, batch);
    const { ids, positions, labels } = batch;
    const seen = positions.map((position) => ids[position]);
    const count = labels.length;
    const { characters, bytes } = baseline.lengthOf(labels);
    own.push([
      loss,
      right,
      baseline.frequencyLoss(labels) * count,
      baseline.contextFreeLoss(labels, seen) * count,
      count,
      characters,
      bytes,
    ]);
  }
  const all = await interleaved(ranks, own);
  const total = (which: number): number => all.reduce((sum, sums) => sum + sums[which], 0);
  const count = total(4);
  const loss = total(0) / count;
  return {
    loss,
    perplexity: Math.exp(loss),
    accuracy: total(1) / count,
    unigramLoss: total(2) / count,
    contextFreeLoss: total(3) / count,
    natsPerCharacter: total(0) / total(5),
    bitsPerByte: total(0) / Math.LN2 / total(6),
    count,
  };
}

/** The summed loss, and how many masked tokens the model ranks first. */
async function evaluateBatch(
  device: Device,
  model: Bert,
  batch: MaskedInput,
): Promise<{ loss: number; right: number }> {
  const tape = new Tape(device, { training: false, gradients: false });
  const logits = model.maskedLogits(tape, batch); // (masked, VS)
  const [rows, columns] = [batch.labels.length, model.options.vocabSize];
  const loss = sum(crossEntropy(logits, tape.input(batch.labels, [rows])), 1).read();
  const best = firstRanked(device, logits.array, rows, columns);
  tape.free();
  const [[sumOfLosses], predicted] = await Promise.all([loss, best]); // both, since a lost device fails both
  const right = batch.labels.filter((label, i) => label === predicted[i]).length;
  return { loss: sumOfLosses, right };
}
