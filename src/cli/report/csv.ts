import { numberNames } from '../../train/record/metricsRecord.ts';
import type { NamedRun } from '../../train/report/reportData.ts';
import { csvCell } from '../print/csvCell.ts';

/** The first line of a table of metrics. */
export const CSV_HEADER = ['run', 'event', 'step', 'minutes', ...numberNames].join(',');

/** How tables of older versions begin as well, which have fewer columns. */
export const CSV_BEGINNING = 'run,event,step,minutes,loss,';

/** Every line of training and of validation of these runs, in CSV (RFC 4180); what a line lacks is empty. */
export function* csvLines(runs: readonly NamedRun[]): Generator<string> {
  yield `${CSV_HEADER}\r\n`;
  for (const { name, record } of runs) {
    const { training, validation } = record.metrics;
    const lines = [
      ...training.map((line) => ({ event: 'train', ...line })),
      ...validation.map((line) => ({ event: 'validate', ...line })),
    ].toSorted((a, b) => a.step - b.step);
    for (const { event, step, minutes, numbers } of lines)
      yield `${[csvCell(name), event, step, Number(minutes.toFixed(4)), ...numberNames.map((key) => numbers[key] ?? '')].join(',')}\r\n`;
  }
}
