import type { ClassifierTask } from '../../bert/BertClassifier.ts';
import { givenLabels } from '../../train/finetune/evaluateClassifier.ts';
import { likeliest } from '../../train/finetune/classify.ts';
import type { Prediction } from '../../train/finetune/predict.ts';
import { csvCell } from '../print/csvCell.ts';

/** How predictions are written. */
export interface PredictionFormat {
  readonly format: 'jsonl' | 'csv';
  readonly task: ClassifierTask;
  readonly labels: readonly string[];
  /** Whether the right labels are written next to those predicted. */
  readonly labelled: boolean;
}

/** The text of predictions as they come: a line each, of words in CSV a line for each word. */
export async function* predictionLines(
  predictions: AsyncIterable<readonly Prediction[]>,
  given: PredictionFormat,
): AsyncGenerator<string> {
  const { format, task, labels } = given;
  const header = task === 'token' ? ['text', 'word', 'token', 'tag', 'probability'] : ['label', ...labels];
  if (format === 'csv') yield `${header.map(csvCell).join(',')}\n`;
  let number = 0;
  for await (const some of predictions)
    for (const prediction of some) {
      number += 1;
      yield task === 'token' ? wordLines(prediction, given, number) : textLine(prediction, given);
    }
}

function textLine({ example, probabilities: [shares] }: Prediction, given: PredictionFormat): string {
  const { format, labels, labelled } = given;
  const label = labels[likeliest(shares)];
  if (format === 'csv') return `${[csvCell(label), ...shares].join(',')}\n`;
  const probabilities = Object.fromEntries(labels.map((name, i) => [name, shares[i]]));
  return `${JSON.stringify({ label, ...(labelled && { right: example.labels?.[0] }), probabilities })}\n`;
}

function wordLines(prediction: Prediction, { format, labels, labelled }: PredictionFormat, number: number): string {
  const { example, sequence, probabilities } = prediction;
  const tags = givenLabels(example, sequence, probabilities, labels, 'token');
  const shares: (number | null)[] = tags.map(() => null); // of words that the model has not seen
  for (const [i, word] of sequence.words.entries()) shares[word] = Math.max(...probabilities[i]);
  if (format === 'jsonl') {
    const right = labelled ? { right: example.labels } : {};
    return `${JSON.stringify({ tokens: example.texts, tags, ...right, probabilities: shares })}\n`;
  }
  return tags
    .map((tag, i) => `${[number, i + 1, csvCell(example.texts[i]), csvCell(tag), shares[i] ?? ''].join(',')}\n`)
    .join('');
}
