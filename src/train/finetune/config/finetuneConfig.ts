import type { ClassifierOptions } from '../../../bert/BertClassifier.ts';
import type { ModelOptions } from '../../../bert/options.ts';
import { presetNames, presets } from '../../../bert/presets.ts';
import { schemaOf } from '../../config/jsonSchema.ts';
import { isModernEncoder } from '../../export/huggingFace/modernBertConfig.ts';
import type { FindSource } from '../../config/modelSource.ts';
import { resolveKind } from '../../config/resolveConfig.ts';
import type { ConfigKind } from '../../config/resolveConfig.ts';
import { finetuneRules } from './rules.ts';
import { finetuneTable } from './table.ts';
import type { FinetuneConfig, MetricName } from './table.ts';

/** What may stand in a config of fine-tuning. */
export const finetuneSchema = schemaOf('Bertrand: a fine-tuning run', finetuneTable);

const finetuning: ConfigKind<FinetuneConfig> = {
  table: finetuneTable,
  schema: finetuneSchema,
  rules: finetuneRules,
  presetDefaults: (written) => ({ model: presets[presetNames.find((name) => name === written) ?? 'diagram'] }),
};

/** `resolveConfig` for fine-tuning. */
export const resolveFinetune = (
  text: string,
  name: string,
  settings: readonly string[] = [],
  forgiven: readonly string[] = [],
  findSource?: FindSource,
): FinetuneConfig => resolveKind(finetuning, text, name, settings, forgiven, findSource);

/** The config's encoder for a vocabulary of `vocabSize` tokens. */
export function encoderOptions({ model, data }: FinetuneConfig, vocabSize: number): ModelOptions {
  const { from: _, weights: __, preset: ___, classifierDropout: ____, maxLength, ...options } = model;
  return { ...options, vocabSize, maxLength: maxLength === 'auto' ? data.sequenceLength : maxLength };
}

/**
 * The config's head, for so many labels.
 * @param trained the weights of a classifier that there is: those of before had BERT's head, whatever the model
 */
export function headOptions(
  config: FinetuneConfig,
  labels: number,
  trained?: Pick<ReadonlyMap<string, unknown>, 'has'>,
): ClassifierOptions {
  const { task, model, train } = config;
  const dropout = model.classifierDropout === 'auto' ? model.dropout : model.classifierDropout;
  const transform = isModernEncoder(encoderOptions(config, 0)) && (trained?.has(TRANSFORM) ?? true);
  return { task, labels, dropout, transform, frozen: train.freeze };
}

const TRANSFORM = 'classifier.transform.LL.weight';

/** The segments of the first text and of the second: presets with three ids keep 0 for padding (codertimo/BERT-pytorch). */
export function segmentsOf({ segments }: Pick<ModelOptions, 'segments'>): readonly [number, number] {
  if (segments >= 3) return [1, 2];
  return segments === 2 ? [0, 1] : [0, 0];
}

/** What the best checkpoint is chosen by. */
export function metricOf({ validate: { metric }, task }: FinetuneConfig): MetricName {
  if (metric !== 'auto') return metric;
  return task === 'token' ? 'entityF1' : 'macroF1';
}
