import type { Config } from '../config/table/table.ts';
import type { Evaluation } from '../evaluate/evaluation.ts';
import type { OnnxPrecision } from './onnx/modelGraph.ts';

/** What storing weights in a precision changes on the validation text, in words, where that is known. */
export type Costs = Partial<Record<OnnxPrecision, string>>;

/** A file of weights, with what its precision costs. */
export interface WeightFile {
  readonly name: string;
  readonly cost?: string | undefined;
}

/** What is on a card beyond the run itself. */
export interface CardFacts {
  readonly format: 'hf' | 'onnx';
  /** Of the checkpoint. */
  readonly step: number;
  /** The last validation of the run, with its step; undefined where its metrics are gone. */
  readonly validation:
    | (Pick<Evaluation, 'loss' | 'accuracy' | 'contextFreeLoss'> & { readonly step: number })
    | undefined;
  readonly files: readonly WeightFile[];
  readonly version: string;
}

/** The README.md of an exported folder, with the metadata that model hubs read. */
export function modelCard(config: Config, { format, step, validation, files, version }: CardFacts): string {
  const { model, data, train } = config;
  return `---
library_name: ${format === 'hf' ? 'transformers' : 'transformers.js'}
pipeline_tag: fill-mask
tags:
  - bert
  - masked-lm
---

# A BERT encoder pretrained with Bertrand ${version}

${format === 'hf' ? IN_PYTHON : IN_JAVASCRIPT}

## Model

| | |
|---|---|
| preset | \`${model.preset}\` |
| blocks | ${model.layers} |
| width | ${model.embeddingSize} |
| attention heads | ${model.heads} |
| feed-forward width | ${model.feedForwardSize} |

## Training

| | |
|---|---|
| task | masked language modelling, ${percent(data.masking.probability)} of the tokens |
| corpus | ${data.corpus.map((glob) => `\`${glob}\``).join(', ')} |
| steps | ${train.steps === 'none' || step === train.steps ? step : `${step} of ${train.steps}`} |
| sequences per step | ${train.batchSize * train.accumulate} of at most ${data.sequenceLength} tokens |
| learning rate | ${train.optimizer.learningRate}, ${train.schedule.name} schedule |
| seed | ${config.seed} |

${validation ? results(validation) : 'Its validation results are not known.'}

${filesSection(files)}`;
}

export function filesSection(files: readonly WeightFile[]): string {
  const lines = files.map(({ name, cost }) => `- \`${name}\`${cost === undefined ? '' : `: ${cost}`}\n`);
  return `## Files\n\n${lines.join('')}`;
}

const IN_PYTHON = `\`\`\`python
from transformers import pipeline

pipeline("fill-mask", model="path/to/this-folder")("four score and [MASK] years ago")
\`\`\``;

const IN_JAVASCRIPT = `\`\`\`js
import { env, pipeline } from '@huggingface/transformers';

env.localModelPath = 'path/to/';
const fillMask = await pipeline('fill-mask', 'this-folder', { dtype: 'fp32' });
console.log(await fillMask('four score and [MASK] years ago'));
\`\`\``;

function results({ step, loss, accuracy, contextFreeLoss }: NonNullable<CardFacts['validation']>): string {
  return `On held-out text, after step ${step}: a loss of ${loss.toFixed(4)} nats (the best guess without context: ${contextFreeLoss.toFixed(4)}), and ${percent(accuracy)} of the masked tokens guessed right.`;
}

const percent = (share: number): string => `${(100 * share).toFixed(1).replace(/\.0$/, '')} %`;

/** With + or -. */
export const signed = (value: number, digits = 4): string =>
  `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(digits)}`;
