import { configRows, differs } from '../../train/report/configDifferences.ts';
import type { ConfigRow } from '../../train/report/configDifferences.ts';
import { reportData } from '../../train/report/reportData.ts';
import type { NamedRun } from '../../train/report/reportData.ts';
import { inLine } from '../print/print.ts';
import { diagnosisSections } from './diagnosisSection.ts';
import { factsTable } from './facts.ts';
import { pageHtml } from './page.ts';
import type { Section } from './page.ts';
import { sampleSections } from './sampleSections.ts';

/** The report on these runs, as the text of a page. */
export function reportPage(runs: readonly NamedRun[], title: string, above: readonly Section[] = []): string {
  const names = runs.map(({ name }) => name);
  const rows = configRows(runs.map(({ record }) => record.config));
  const section = (title: string, about: string, rows: readonly ConfigRow[]): Section => ({
    title,
    about,
    table: {
      label: title,
      header: ['Key', ...names],
      rows: rows.map(({ key, values }) => [key, ...values.map((value) => value ?? '–')]),
      texts: true,
    },
  });
  const different = rows.filter((row) => differs(row) && row.key !== 'out');
  const troubles = runs.flatMap(({ record }) => record.troubles);
  return pageHtml({
    title,
    lead: leadOf(runs),
    above: [
      ...above,
      { title: 'At a glance', about: troubles.join('; '), table: factsTable(runs) },
      ...diagnosisSections(runs),
    ],
    data: reportData(runs.map((run) => ({ ...run, name: inLine(run.name), group: inLine(run.group) }))),
    below:
      different.length > 0
        ? [section('Differences of the configs', `${rows.length - different.length} other keys are equal.`, different)]
        : [],
    folded: [...sampleSections(runs), section('All keys of the configs', '', rows)],
  });
}

/** What is to be seen first: how good the run is, or which is best. */
function leadOf(runs: readonly NamedRun[]): string {
  const ended = runs
    .flatMap(({ name, record: { last } }) =>
      last?.numbers.loss === undefined ? [] : [{ name, ...last, loss: last.numbers.loss }],
    )
    .toSorted((a, b) => a.loss - b.loss);
  if (ended.length === 0) return 'There has been no validation yet.';
  const [{ name, step, loss, numbers }] = ended;
  const whose = runs.length > 1 ? `${name} is best at the end: its` : 'The';
  const at = `${whose} validation loss is ${loss.toFixed(3)} nats at step ${step.toLocaleString('en')}`;
  if (numbers.contextFreeLoss === undefined) return `${at}.`;
  const lead = numbers.contextFreeLoss - loss;
  return lead > 0
    ? `${at}, ${lead.toFixed(2)} better than the best guess without context: hidden words get ${Math.exp(lead).toFixed(1)} times its probability.`
    : `${at}, not yet better than the best guess without context (${(-lead).toFixed(2)} to go).`;
}
