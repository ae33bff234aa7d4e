import type { BertClassifier } from '../../bert/BertClassifier.ts';
import { BulkEncoder } from '../../data/tokenizer/bulkEncoder.ts';
import type { Tokenizer } from '../../data/tokenizer/tokenizer.ts';
import { BertrandError } from '../../error.ts';
import type { Device } from '../../kernels/device.ts';
import { classify } from './classify.ts';
import { segmentsOf } from './config/finetuneConfig.ts';
import type { FinetuneConfig } from './config/table.ts';
import { encodeExample } from './encodeExample.ts';
import { ClassifierScores } from './evaluateClassifier.ts';
import type { ClassifierEvaluation } from './evaluateClassifier.ts';
import type { LabelledExamples, LabelledSequence } from './labelledSequences.ts';

/** Labelled examples as the model takes them. */
export function sequencesOf(
  { examples, labels }: LabelledExamples,
  tokenizer: Tokenizer,
  { task, data, model }: FinetuneConfig,
): LabelledSequence[] {
  const options = { maxLength: data.sequenceLength, segments: segmentsOf(model) };
  const encoder = new BulkEncoder(tokenizer);
  return examples.map((example, i) => {
    const sequence = encodeExample(encoder, task, example, options);
    if (sequence.words.length === 0)
      throw new BertrandError(
        `${example.where}: the tokenizer makes no token of it, so that nothing is left to label`,
        {
          advice: 'take it out',
        },
      );
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
  return async (device, model) => {
    const probabilities = await classify(device, model, sequences);
    const scores = new ClassifierScores(config.task, names);
    for (const [i, sequence] of sequences.entries()) scores.add(examples[i], labels[i], sequence, probabilities[i]);
    return scores.result();
  };
}
