import type { BertClassifier } from '../../bert/BertClassifier.ts';
import type { Device } from '../../kernels/device.ts';
import { encodeTexts } from '../evaluate/encodeTexts.ts';
import type { ClassifiedSequence } from './encodeExample.ts';
import { positionsOf } from './labelledSequences.ts';

/** For each position of a sequence the probabilities of all labels. */
export type Probabilities = readonly Float64Array[];

/** The probabilities of all labels at the positions of each sequence, dropout off. */
export async function classify(
  device: Device,
  model: BertClassifier,
  sequences: readonly ClassifiedSequence[],
): Promise<Probabilities[]> {
  return encodeTexts(device, sequences, async (tape, batch) => {
    const positions = positionsOf(sequences, batch);
    if (positions.length === 0) return batch.members.map(() => []);
    const logits = await model.logits(tape, { ...batch, positions }).read(); // (positions, labels)
    const labels = logits.length / positions.length;
    let at = 0;
    return batch.members.map((member) =>
      Array.from(sequences[member].positions, () => softmax(logits.subarray(at, (at += labels)))),
    );
  });
}

function softmax(logits: Float64Array): Float64Array {
  const most = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** The likeliest label; of equally likely ones the first. */
export const likeliest = (probabilities: Float64Array): number => probabilities.indexOf(Math.max(...probabilities));
