import { filesSection } from '../../export/card.ts';
import type { WeightFile } from '../../export/card.ts';
import type { TrainedClassifier } from '../classifier.node.ts';

/** The README.md of an exported classifier, with the metadata that model hubs read. */
export function classifierCard(
  { config, labels, step, evaluation }: Pick<TrainedClassifier, 'config' | 'labels' | 'step' | 'evaluation'>,
  format: 'hf' | 'onnx',
  files: readonly WeightFile[],
  version: string,
): string {
  const { task, data, train, model } = config;
  const pipeline = task === 'sequence' ? 'text-classification' : 'token-classification';
  return `---
library_name: ${format === 'hf' ? 'transformers' : 'transformers.js'}
pipeline_tag: ${pipeline}
tags:
  - bert
---

# A BERT classifier fine-tuned with Bertrand ${version}

${format === 'hf' ? inPython(pipeline) : inJavaScript(pipeline)}

It gives ${task === 'sequence' ? (data.pair === 'none' ? 'a text' : 'a pair of texts') : 'each word'} one of ${labels.length} labels${task === 'token' ? '; the label of a word is that of its first piece' : ''}.

| | |
|---|---|
| labels | ${labels.map((label) => `\`${label}\``).join(', ')} |
| pretrained model | \`${model.from}\`, preset \`${model.preset}\`, ${model.weights} weights |
| training data | ${data.train.map((path) => `\`${path}\``).join(', ')} |
| steps | ${step}, of ${train.epochs} epochs in batches of ${train.batchSize} |
| learning rate | ${train.optimizer.learningRate}, ${train.schedule.name} schedule |
| longest text | ${data.sequenceLength} tokens |
| seed | ${config.seed} |

${evaluation ? results(evaluation) : 'Its validation results are not known.'}

${filesSection(files)}`;
}

function results({ accuracy, macroF1, entities }: NonNullable<TrainedClassifier['evaluation']>): string {
  const entity = entities ? `, entity F1 ${percent(entities.f1)}` : '';
  return `On its validation text, by which this checkpoint was chosen: accuracy ${percent(accuracy)}, macro F1 ${percent(macroF1)}${entity}.`;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const inPython = (task: string): string => `\`\`\`python
from transformers import pipeline

pipeline("${task}", model="path/to/this-folder")("a text")
\`\`\``;

const inJavaScript = (task: string): string => `\`\`\`js
import { env, pipeline } from '@huggingface/transformers';

env.localModelPath = 'path/to/';
const classify = await pipeline('${task}', 'this-folder', { dtype: 'fp32' });
console.log(await classify('a text'));
\`\`\``;
