import { relative } from 'node:path';
import { diskUse } from '../../train/record/diskUse.node.ts';
import { findRuns } from '../../train/record/findRuns.node.ts';
import { readRun } from '../../train/record/readRun.node.ts';
import { jsonOption } from '../arguments/options.ts';
import { command } from '../command.ts';
import { print, printError } from '../print/print.ts';
import { runsTable } from '../print/runsTable.ts';
import type { ListedRun } from '../print/runsTable.ts';

export const runsCommand = command(
  'runs [folder]',
  'List the runs of a folder: how far they are and how good',
  (cli) =>
    cli
      .positional('folder', { type: 'string', default: 'runs', describe: 'A folder with runs, or a run' })
      .option('json', jsonOption),
  ({ folder, json }) => {
    const runs = findRuns(folder).map((path) => listedRun(path, relative(folder, path) || path));
    if (json) print(JSON.stringify(runs, null, 2));
    else if (runs.length === 0) printError(`${folder}: no runs yet; begin one with \`bertrand pretrain CONFIG\``);
    else print(runsTable(runs));
    return Promise.resolve(0);
  },
);

function listedRun(path: string, name: string): ListedRun {
  const { state, metrics, steps, best, last, troubles } = readRun(path);
  const { bytes, changed } = diskUse(path);
  return {
    name,
    path,
    state: state.name,
    ...(state.reason === undefined ? {} : { reason: state.reason }),
    step: metrics.step,
    steps: steps ?? null,
    bestLoss: best?.numbers.loss ?? null,
    bestStep: best?.step ?? null,
    lastLoss: last?.numbers.loss ?? null,
    minutes: metrics.minutes,
    bytes,
    changed: changed.toISOString(),
    troubles,
  };
}
