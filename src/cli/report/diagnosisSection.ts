import { diagnose } from '../../train/diagnose/diagnose.ts';
import { recordSigns } from '../../train/diagnose/recordSigns.ts';
import type { NamedRun } from '../../train/report/reportData.ts';
import type { Section } from './page.ts';

/** What may be wrong with the runs; none where all is well. */
export function diagnosisSections(runs: readonly NamedRun[]): Section[] {
  const rows = runs.flatMap(({ name, record }) =>
    diagnose(recordSigns(record)).map(({ finding, advice }) => [name, finding, advice]),
  );
  if (rows.length === 0) return [];
  const title = 'What to look at';
  return [
    { title, about: '', table: { label: title, header: ['', 'What is seen', 'What to try'], rows, texts: true } },
  ];
}
