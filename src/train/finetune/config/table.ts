import * as z from 'zod';
import { deviceChoices } from '../../../kernels/choose.ts';
import { modelTable } from '../../config/table/modelTable.ts';
import { cpu, log } from '../../config/table/table.ts';
import { optimizer, schedule } from '../../config/table/trainTable.ts';
import { count, extent, name, nonNegative, positive, properShare } from '../../config/table/valueTypes.ts';

/** What the best checkpoint may be chosen by: each is better the greater it is, but for the loss. */
export const metricNames = ['accuracy', 'macroF1', 'matthews', 'entityF1', 'loss'] as const;
export type MetricName = (typeof metricNames)[number];

const data = z.strictObject({
  train: z.array(name).min(1).default(['train.jsonl']).describe('Labelled files to train on: .jsonl, .csv or .tsv'),
  validation: z
    .union([
      properShare.gt(0).describe('a share of the training rows, drawn at random'),
      z.array(name).min(1).describe('a list of files'),
    ])
    .default(0.1)
    .describe('What the best checkpoint is chosen by: labelled files, or a share of the training rows'),
  text: name.default('text').describe('Field of the text'),
  pair: name.default('none').describe('Field of the second text, for pairs; none: single texts'),
  label: name.default('label').describe('Field of the label'),
  tokens: name.default('tokens').describe('Field of the words, for task token: a list, or a text with spaces'),
  tags: name.default('tags').describe("Field of the words' IOB2 tags, for task token: a list, or a text with spaces"),
  labels: z
    .union([z.literal('auto'), z.array(name).min(2).max(65_536)])
    .default('auto')
    .describe('All labels in their order; auto: those of the training rows'),
  sequenceLength: extent.min(8).default(128).describe('Tokens of a sequence; longer texts lose their end'),
});

const model = modelTable.extend({
  from: name
    .default('runs/default')
    .describe(
      "A pretrained run, a checkpoint or a folder of Hugging Face's BERT or ModernBERT; sizes, wiring and tokenizer are taken from it",
    ),
  weights: z
    .enum(['pretrained', 'random'])
    .default('pretrained')
    .describe('Those of model.from, or random ones, which show what pretraining brings'),
  classifierDropout: z
    .union([z.literal('auto'), properShare])
    .default('auto')
    .describe("Rate of dropout before the classifier's last layer; auto: model.dropout"),
});

const freeze = z.strictObject({
  embeddings: z.boolean().default(false).describe('Keep the embedding as it is'),
  blocks: z.int().min(0).max(1000).default(0).describe('Keep so many blocks, from the first on, as they are'),
});

const train = z.strictObject({
  epochs: count.max(100_000).default(3).describe('Passes over the training rows'),
  batchSize: extent.default(32).describe('Sequences in a batch'),
  clipNorm: nonNegative.default(1).describe("The gradients' greatest global norm; 0 for no clipping"),
  optimizer: optimizer
    .omit({ momentum: true, adamLearningRate: true })
    .extend({
      name: z.enum(['adamw']).default('adamw').describe('AdamW (Loshchilov and Hutter 2019)'),
      betas: optimizer.shape.betas.describe('Decay rates of the two moments'),
      learningRate: positive
        .default(1e-4)
        .describe('The greatest learning rate, reached when warm-up ends; models of BERT-base size want 2e-5 to 5e-5'),
    })
    .prefault({})
    .describe('The optimizer'),
  schedule: schedule.omit({ restarts: true }).prefault({}).describe('The learning rate by step'),
  classWeights: z
    .union([
      z.enum(['none', 'balanced']),
      z.array(positive).min(2).describe('a list with a number for each of data.labels, in their order'),
    ])
    .default('none')
    .describe('How much each label counts in the loss; balanced: every label the same in total, however rare it is'),
  freeze: freeze.prefault({}).describe('What of the model is not trained'),
});

const validate = z.strictObject({
  every: z
    .union([z.literal('epoch'), count])
    .default('epoch')
    .describe('Steps between validations, or one after each epoch; there is always one after the last step'),
  metric: z
    .enum(['auto', ...metricNames])
    .default('auto')
    .describe('What the best checkpoint is chosen by; auto: macroF1, or entityF1 for task token'),
  patience: z
    .int()
    .min(0)
    .max(1e9)
    .default(0)
    .describe('Stop after so many validations in a row without a better one; 0: never'),
});

/** Every key of a fine-tuning config with its check, its default and its line of documentation. */
export const finetuneTable = z.strictObject({
  seed: z.int().min(0).default(42).describe('All randomness derives from it: the same seed gives the same run'),
  device: z.enum(deviceChoices).default('auto').describe('Where to train; auto takes the fastest that is here'),
  out: name.default('runs/classifier').describe("The run's folder"),
  cpu: cpu.prefault({}).describe('The cpu device'),
  task: z
    .enum(['sequence', 'token'])
    .default('sequence')
    .describe('Classify texts or pairs of texts, or the words of texts'),
  data: data.prefault({}).describe('The labelled text'),
  model: model.prefault({}).describe('What is fine-tuned'),
  train: train.prefault({}).describe('Epochs, batches, optimizer and learning rate'),
  validate: validate.prefault({}).describe('Choosing the best checkpoint'),
  log: log.prefault({}).describe('Lines of metrics.jsonl and of the terminal'),
});

/** A fine-tuning config with every key resolved. */
export type FinetuneConfig = z.output<typeof finetuneTable>;
