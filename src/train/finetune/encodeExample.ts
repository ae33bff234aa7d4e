import type { ClassifierTask } from '../../bert/BertClassifier.ts';
import type { Example } from '../../data/labelled/example.ts';
import type { BulkEncoder } from '../../data/tokenizer/bulkEncoder.ts';
import { idsSequence } from '../evaluate/encodeTexts.ts';
import type { SequenceOptions, TextSequence } from '../evaluate/encodeTexts.ts';

/** A sequence with the places that are classified. */
export interface ClassifiedSequence extends TextSequence {
  /** [CLS], or the first piece of each word. */
  readonly positions: Int32Array;
  /** (positions) which of the texts each stands for: of words, those that are left out have none */
  readonly words: Int32Array;
}

/** An example as the model takes it. */
export function encodeExample(
  encoder: BulkEncoder,
  task: ClassifierTask,
  { texts }: Pick<Example, 'texts'>,
  options: SequenceOptions,
): ClassifiedSequence {
  if (task === 'sequence') {
    const sequence = idsSequence(
      encoder,
      texts.map((text) => encoder.encode(text)),
      options,
    );
    return { ...sequence, positions: Int32Array.of(0), words: Int32Array.of(0) };
  }
  const pieces = texts.map((word) => [...encoder.encode(word)]);
  const sequence = idsSequence(encoder, [Int32Array.from(pieces.flat())], options);
  const [positions, words]: [number[], number[]] = [[], []];
  let at = 1;
  for (const [word, { length }] of pieces.entries()) {
    if (length > 0 && at < sequence.ids.length - 1) {
      positions.push(at);
      words.push(word);
    }
    at += length;
  }
  return { ...sequence, positions: Int32Array.from(positions), words: Int32Array.from(words) };
}
