import type { Example } from '../../data/labelled/example.ts';
import { BulkEncoder } from '../../data/tokenizer/bulkEncoder.ts';
import type { Tokenizer } from '../../data/tokenizer/tokenizer.ts';
import type { BertClassifier } from '../../bert/BertClassifier.ts';
import type { Device } from '../../kernels/device.ts';
import { windows } from '../evaluate/windows.ts';
import { classify } from './classify.ts';
import type { Probabilities } from './classify.ts';
import { segmentsOf } from './config/finetuneConfig.ts';
import type { FinetuneConfig } from './config/table.ts';
import { encodeExample } from './encodeExample.ts';
import type { ClassifiedSequence } from './encodeExample.ts';

/** What a classifier says of an example. */
export interface Prediction<Given = Example> {
  readonly example: Given;
  readonly sequence: ClassifiedSequence;
  /** For a text its labels' probabilities, for words those of each word that the model has seen. */
  readonly probabilities: Probabilities;
}

/** What a classifier says of examples as they come, in their order, some thousands at a time. */
export async function* predict<Given extends Pick<Example, 'texts'>>(
  device: Device,
  model: BertClassifier,
  tokenizer: Tokenizer,
  { task, data }: Pick<FinetuneConfig, 'task' | 'data'>,
  examples: AsyncIterable<Given> | Iterable<Given>,
): AsyncGenerator<Prediction<Given>[]> {
  const options = { maxLength: data.sequenceLength, segments: segmentsOf(model.options) };
  const encoder = new BulkEncoder(tokenizer);
  const charactersOf = ({ texts }: Given): number => texts.reduce((sum, { length }) => sum + length, 0);
  for await (const some of windows(examples, charactersOf)) {
    const sequences = some.map((example) => encodeExample(encoder, task, example, options));
    const probabilities = await classify(device, model, sequences);
    yield some.map((example, i) => ({ example, sequence: sequences[i], probabilities: probabilities[i] }));
  }
}
