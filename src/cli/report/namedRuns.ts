import { basename, resolve } from 'node:path';
import { BertrandError } from '../../error.ts';
import { findRuns } from '../../train/record/findRuns.node.ts';
import { readRun } from '../../train/record/readRun.node.ts';
import type { NamedRun } from '../../train/report/reportData.ts';

/** More would be told apart by nobody. */
const MOST_RUNS = 64;

/** The runs at these paths, and in them if they are folders of runs; each is called as short as tells it from the others. */
export function namedRuns(paths: readonly string[]): NamedRun[] {
  const found = paths.flatMap((path) => {
    const runs = findRuns(path);
    if (runs.length === 0) throw new BertrandError(`${path}: found no run in this folder; expected a run's folder`);
    return runs;
  });
  const runs = [...new Map(found.map((path) => [resolve(path), path])).values()];
  if (runs.length > MOST_RUNS)
    throw new BertrandError(`${runs.length} runs were named; a report takes at most ${MOST_RUNS}`);
  const short = runs.map((path) => basename(resolve(path)));
  const names = new Set(short).size === short.length ? short : runs;
  return runs.map((path, i) => ({ name: names[i], group: names[i], record: readRun(path) }));
}
