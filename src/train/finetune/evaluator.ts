import type { BertClassifier } from '../../bert/BertClassifier.ts';
import type { Tokenizer } from '../../data/tokenizer/tokenizer.ts';
import type { Device } from '../../kernels/device.ts';
import { classify } from './classify.ts';
import { segmentsOf } from './config/finetuneConfig.ts';
import type { FinetuneConfig } from './config/table.ts';
import { encodeExample } from './encodeExample.ts';
import { evaluateClassifier } from './evaluateClassifier.ts';
import type { ClassifierEvaluation } from './evaluateClassifier.ts';
import type { LabelledExamples } from './labelledData.node.ts';
import type { LabelledSequence } from './labelledSequences.ts';

/** Labelled examples as the model takes them. */
export function sequencesOf(
  { examples, labels }: LabelledExamples,
  tokenizer: Tokenizer,
  { task, data, model }: FinetuneConfig,
): LabelledSequence[] {
  const options = { maxLength: data.sequenceLength, segments: segmentsOf(model) };
  return examples.map((example, i) => {
    const sequence = encodeExample(tokenizer, task, example, options);
    return { ...sequence, labels: Int32Array.from(sequence.words, (word) => labels[i][word]) };
  });
}

/** Tells of any classifier with these labels how well it does on labelled examples. */
export function evaluatorOn(
  given: LabelledExamples,
  names: readonly string[],
  tokenizer: Tokenizer,
  config: FinetuneConfig,
): (device: Device, model: BertClassifier) => Promise<ClassifierEvaluation> {
  const sequences = sequencesOf(given, tokenizer, config);
  const { examples, labels } = given;
  return async (device, model) =>
    evaluateClassifier(config.task, names, examples, labels, sequences, await classify(device, model, sequences));
}
