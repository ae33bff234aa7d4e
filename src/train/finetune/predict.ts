import type { Example } from '../../data/labelled/example.ts';
import type { Tokenizer } from '../../data/tokenizer/tokenizer.ts';
import type { BertClassifier } from '../../bert/BertClassifier.ts';
import type { Device } from '../../kernels/device.ts';
import { classify } from './classify.ts';
import type { Probabilities } from './classify.ts';
import { segmentsOf } from './config/finetuneConfig.ts';
import type { FinetuneConfig } from './config/table.ts';
import { encodeExample } from './encodeExample.ts';
import type { ClassifiedSequence } from './encodeExample.ts';

/** What a classifier says of an example. */
export interface Prediction {
  readonly sequence: ClassifiedSequence;
  /** For a text its labels' probabilities, for words those of each word that the model has seen. */
  readonly probabilities: Probabilities;
}

/** Examples that are encoded and sorted together: enough to fill batches with texts of one length. */
const WINDOW = 4096;

/** What a classifier says of each example, in their order, a window of examples at a time. */
export async function* predict(
  device: Device,
  model: BertClassifier,
  tokenizer: Tokenizer,
  { task, data }: Pick<FinetuneConfig, 'task' | 'data'>,
  examples: readonly Pick<Example, 'texts'>[],
): AsyncGenerator<Prediction[]> {
  const options = { maxLength: data.sequenceLength, segments: segmentsOf(model.options) };
  for (let from = 0; from < examples.length; from += WINDOW) {
    const sequences = examples
      .slice(from, from + WINDOW)
      .map((example) => encodeExample(tokenizer, task, example, options));
    const probabilities = await classify(device, model, sequences);
    yield sequences.map((sequence, i) => ({ sequence, probabilities: probabilities[i] }));
  }
}
