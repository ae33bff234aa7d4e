import { answersOf } from '../../train/evaluate/samples.ts';
import type { MetricsLine } from '../../train/record/metricsRecord.ts';
import type { NamedRun } from '../../train/report/reportData.ts';
import type { Section } from './page.ts';

/** Validations that are shown of a run. */
const MOST_ROWS = 24;
const ABOUT =
  'Words of the validation text in brackets, each masked for the model, and what it put there at each validation, the likeliest first (+ for a right first guess).';

/** What the model put in place of hidden words as it learnt, for each run whose metrics tell it. */
export function sampleSections(runs: readonly NamedRun[]): Section[] {
  return runs.flatMap(({ name, record: { metrics } }) => {
    const lines = spread(metrics.validation.filter(({ samples }) => samples !== undefined));
    const texts = lines.at(-1)?.samples?.map(({ before, truth, after }) => `${before} [${truth}] ${after}`) ?? [];
    if (texts.length === 0) return [];
    const title = `Hidden words over time${runs.length > 1 ? `: ${name}` : ''}`;
    const rows = lines.map(({ step, samples = [] }) => [
      `step ${step}`,
      ...texts.map((_, i) => (samples[i] ? answersOf(samples[i]) : '')),
    ]);
    return [{ title, about: ABOUT, table: { label: title, header: ['', ...texts], rows, texts: true } }];
  });
}

/** Evenly, with the first and the last. */
function spread(lines: readonly MetricsLine[]): MetricsLine[] {
  if (lines.length <= MOST_ROWS) return [...lines];
  return Array.from({ length: MOST_ROWS }, (_, i) => lines[Math.round((i * (lines.length - 1)) / (MOST_ROWS - 1))]);
}
