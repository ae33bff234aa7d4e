import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRun } from '../../../src/train/run/openRun.node.ts';
import type { Config } from '../../../src/train/config/table/table.ts';
import { resolveConfig } from '../../../src/train/config/resolveConfig.ts';
import { toYaml } from '../../../src/train/config/yaml/toYaml.ts';
import type { OpenedRun, RunFolder } from '../../../src/train/run/runFolder.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { checkpointOf } from './checkpointSample.ts';

const root = temporaryFolder();
let folders = 0;
export const newPath = (): string => join(root, String(folders++));

export const base = resolveConfig('{ seed: 1, out: x, train: { steps: 10 } }', 'base.yaml');
export const changed = (...settings: string[]): Config =>
  resolveConfig('{ seed: 1, out: x, train: { steps: 10 } }', 'base.yaml', settings);
export const notices: string[] = [];

/** Opens a run, which nothing refuses later. */
export async function open(path: string, resume: boolean, config = base): Promise<OpenedRun> {
  const run = await openRun({
    path,
    resume,
    config,
    yaml: toYaml(config),
    keep: 3,
    notice: (text) => notices.push(text),
  });
  await run.begin('{}');
  return run;
}

/** Steps of a run, with a checkpoint after every second and, if it stops, one at the end. */
export async function work(run: RunFolder, from: number, to: number, stop = false): Promise<void> {
  if (from === 0) run.log('start', { step: 0 });
  else run.log('resume', { step: from });
  for (let step = from + 1; step <= to; step++) {
    run.log('train', { step, loss: 1 / step });
    const scheduled = step % 2 === 0;
    if (scheduled || (stop && step === to)) await run.save(checkpointOf(step), { scheduled });
  }
  if (stop) run.log('stop', { step: to });
}

/** metrics.jsonl without what a resumed run may have more: times and resume lines. */
export const metricsOf = (path: string): unknown[] =>
  readFileSync(join(path, 'metrics.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { time: _, ...entry } = JSON.parse(line) as { event: string; time: string };
      return entry;
    })
    .filter(({ event }) => event !== 'resume');

export async function uninterrupted(): Promise<unknown[]> {
  const path = newPath();
  const run = await open(path, false);
  await work(run, 0, 6);
  await run.close();
  return metricsOf(path);
}
