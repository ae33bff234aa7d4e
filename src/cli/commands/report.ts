import { command } from '../command.ts';
import { UsageError } from '../exit.ts';
import { print, printError, printLine } from '../print/print.ts';
import { CSV_BEGINNING, csvLines } from '../report/csv.ts';
import { namedRuns } from '../report/namedRuns.ts';
import { expectOwn, writeOwn } from '../report/ownFile.ts';
import type { OwnFile } from '../report/ownFile.ts';
import { PAGE_BEGINNING } from '../report/page.ts';
import { reportPage } from '../report/reportPage.ts';

export const reportCommand = command(
  'report <runs..>',
  'Write the curves of runs as a page that needs no network, or as CSV',
  (cli) =>
    cli
      .positional('runs', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: "Runs' folders, or folders of runs",
      })
      .option('out', { type: 'string', requiresArg: true, describe: 'The page: an .html file' })
      .option('csv', {
        type: 'string',
        requiresArg: true,
        describe: 'A table of all numbers; - for the standard output',
      }),
  async ({ runs: paths, out, csv }) => {
    if (out === undefined && csv === undefined)
      throw new UsageError('missing: --out page.html or --csv metrics.csv; see `bertrand report --help`');
    const page: OwnFile | undefined =
      out === undefined ? undefined : { path: out, option: 'out', beginning: PAGE_BEGINNING };
    const table: OwnFile | undefined =
      csv === undefined || csv === '-' ? undefined : { path: csv, option: 'csv', beginning: CSV_BEGINNING };
    for (const file of [page, table]) if (file) expectOwn(file); // before the work is done
    const runs = namedRuns(paths);
    for (const trouble of runs.flatMap(({ record }) => record.troubles)) printError(trouble);
    if (page) {
      const title =
        runs.length === 1 ? runs[0].name : `${runs.length} runs: ${runs.map(({ name }) => name).join(', ')}`;
      await writeOwn(page, [reportPage(runs, title)]);
      print(`${page.path}: ${runs.length === 1 ? runs[0].name : `${runs.length} runs`}`);
    }
    if (table) {
      await writeOwn(table, csvLines(runs));
      print(`${table.path}: a line for each of the log`);
    } else if (csv === '-') for (const line of csvLines(runs)) await printLine(line);
    return 0;
  },
);
