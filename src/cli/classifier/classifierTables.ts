import type { ClassifierEvaluation } from '../../train/finetune/evaluateClassifier.ts';
import type { LabelScores } from '../../train/finetune/metrics/confusion.ts';
import { inLine } from '../print/print.ts';
import { renderTable } from '../print/table.ts';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** One line of an evaluation. */
export function inShort({ loss, accuracy, macroF1, matthews, entities }: ClassifierEvaluation): string {
  const last = entities ? `entity F1 ${percent(entities.f1)}` : `Matthews ${matthews.toFixed(3)}`;
  return `loss ${loss.toFixed(4)}  accuracy ${percent(accuracy)}  macro F1 ${percent(macroF1)}  ${last}`;
}

/** More labels than these make no confusion matrix that can be read. */
const WIDEST = 20;

/** All of an evaluation: numbers, a table of the labels, and the confusion matrix. */
export function evaluationLines(evaluation: ClassifierEvaluation, labels: readonly string[]): string {
  const { accuracy, macroF1, microF1, matthews, loss, count, confusion, entities } = evaluation;
  const names = labels.map(inLine);
  const seen = names.flatMap((name, i) => (evaluation.labels[i] ? [row(name, evaluation.labels[i])] : []));
  const types = Object.entries(entities?.types ?? {}).map(([type, scores]) => row(inLine(type), scores));
  return [
    `${count} ${entities ? 'words' : 'texts'}`,
    `loss       ${loss.toFixed(4)} nats`,
    `accuracy   ${percent(accuracy)}`,
    `macro F1   ${percent(macroF1)}`,
    `micro F1   ${percent(microF1)}`,
    `Matthews   ${matthews.toFixed(4)}`,
    ...(entities ? [`entity F1  ${percent(entities.f1)}`] : []),
    '',
    renderTable(['label', ...COLUMNS], seen),
    ...(entities ? ['', renderTable(['entity', ...COLUMNS], types)] : []),
    ...(names.length <= WIDEST
      ? [
          '',
          renderTable(
            ['is, given', ...names],
            confusion.map((counts, i) => [names[i], ...counts.map(String)]),
          ),
        ]
      : []),
  ].join('\n');
}

const COLUMNS = ['precision', 'recall', 'F1', 'support'];

const row = (name: string, { precision, recall, f1, support }: LabelScores): string[] => [
  name,
  ...[precision, recall, f1].map((share) => share.toFixed(3)),
  String(support),
];
