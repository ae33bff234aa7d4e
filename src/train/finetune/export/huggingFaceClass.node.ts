import type { ModelOptions } from '../../../bert/options.ts';
import { BertrandError } from '../../../error.ts';
import { bertConfig, expectBert } from '../../export/huggingFace/bertConfig.ts';
import { bertNames, classifierNames, poolerNames } from '../../export/huggingFace/bertNames.ts';
import { expectModernBert, isModernBert, modernBertConfig } from '../../export/huggingFace/modernBertConfig.ts';
import { modernClassifierTensors } from '../../export/huggingFace/modernBertTensors.ts';
import { expectTensor } from '../../modelState.ts';
import type { HostTensor } from '../../modelState.ts';
import type { TrainedClassifier } from '../classifier.node.ts';
import { headOptions } from '../config/finetuneConfig.ts';

type Classifier = Pick<TrainedClassifier, 'config' | 'path' | 'labels' | 'tensors' | 'tokenizer'>;

const headOf = ({ config, labels, tensors }: Classifier) => headOptions(config, labels.length, tensors);

/** Hugging Face's class for a classifier. */
function classOf({ config: { task } }: Classifier, modern: boolean): string {
  return `${modern ? 'Modern' : ''}BertFor${task === 'sequence' ? 'Sequence' : 'Token'}Classification`;
}

/** Throws a BertrandError that says why none of Hugging Face's classes can express a classifier. */
export function expectClass(classifier: Classifier, options: ModelOptions): void {
  const { path, config } = classifier;
  const { preset } = config.model;
  const name = `${path} (preset ${preset})`;
  const modern = isModernBert(options);
  if (modern && !headOf(classifier).transform)
    throw new BertrandError(
      `${name}: Hugging Face's ${classOf(classifier, true)} cannot express its head, which is that of BERT: theirs has a LayerNorm`,
      { advice: 'fine-tune it again, which gives it their head, or export it with --format onnx' },
    );
  if (!modern)
    (preset === 'modern' ? expectModernBert : expectBert)(options, name, classOf(classifier, preset === 'modern'));
}

/** The config.json of its class. */
export function classConfig(classifier: Classifier, options: ModelOptions): object {
  const { config, tokenizer, labels } = classifier;
  const modern = isModernBert(options) && headOf(classifier).transform === true;
  return {
    ...(modern ? modernBertConfig(options, tokenizer) : bertConfig(options, tokenizer.padId)),
    architectures: [classOf(classifier, modern)],
    id2label: Object.fromEntries(labels.map((label, id) => [id, label])),
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
    ...(modern && { classifier_pooling: 'cls' }),
    classifier_dropout: headOf(classifier).dropout,
    ...(config.task === 'sequence' && { problem_type: 'single_label_classification' }),
  };
}

/** The tensors under the names of its class. */
export function classTensors({ tensors, config }: Classifier, options: ModelOptions): Map<string, HostTensor> {
  if (isModernBert(options)) return modernClassifierTensors(tensors, options);
  const encoder = bertNames(options).filter(([ours]) => ours.startsWith('encoder.'));
  const names = [...encoder, ...(config.task === 'sequence' ? poolerNames : []), ...classifierNames];
  return new Map(names.map(([ours, theirs]) => [theirs, expectTensor(tensors, ours, tensors.get(ours)?.shape ?? [])]));
}
