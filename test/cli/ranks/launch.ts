import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import * as assert from 'uvu/assert';
import { checkpointName } from '../../../src/train/run/checkpoint/checkpoint.ts';
import { startBy } from '../commandLine.ts';
import type { Started } from '../commandLine.ts';

/** The launchers of both libraries by Debian's names, and what they need to start several processes as root on few cores. */
const LAUNCHERS = {
  openmpi: ['mpirun.openmpi', '--allow-run-as-root', '--oversubscribe'],
  mpich: ['mpirun.mpich'],
} as const;

export type Mpi = keyof typeof LAUNCHERS;

/** Those that are installed. In CI both are, or the tests fail. */
export const installed = (Object.keys(LAUNCHERS) as Mpi[]).filter(
  (mpi) => process.env['CI'] || isCommand(LAUNCHERS[mpi][0]),
);

/** What a command line begins with to start so many ranks. */
export const launcherOf = (mpi: Mpi, ranks: number): string[] => [...LAUNCHERS[mpi], '-n', String(ranks)];

/** Starts `bertrand ...args` on so many ranks in `folder`. */
export const startRanks = (mpi: Mpi, ranks: number, folder: string, ...args: string[]): Started =>
  startBy(launcherOf(mpi, ranks), {}, folder, ...args);

/** Arguments for a run of a `workFolder` that 1, 2, 3 or 4 ranks can share, in few steps. */
export const pretrain = (out: string, ...more: string[]): string[] => [
  'pretrain',
  'config.yaml',
  '--out',
  out,
  ...['train.accumulate=12', 'train.batchSize=2', 'train.steps=40', 'log.every=1'].flatMap((one) => ['--set', one]),
  ...more,
];

/** The losses of a run: of its steps, and of its validations. */
export function losses(run: string): { readonly train: number[]; readonly validate: number[] } {
  const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trim().split('\n');
  const entries = lines.map((line) => JSON.parse(line) as { event: string; loss: number });
  const of = (wanted: string): number[] => entries.filter(({ event }) => event === wanted).map(({ loss }) => loss);
  return { train: of('train'), validate: of('validate') };
}

/** Throws unless two runs have the same losses but for rounding. */
export function expectClose(found: string, expected: string): void {
  const [a, b] = [losses(found), losses(expected)];
  for (const kind of ['train', 'validate'] as const) {
    assert.is(a[kind].length, b[kind].length, kind);
    for (const [i, loss] of a[kind].entries())
      assert.ok(Math.abs(loss - b[kind][i]) < 1e-5 * loss, `${kind} ${i}: ${loss}, expected ${b[kind][i]}`);
  }
}

/** The bytes of a run's checkpoint. */
export const checkpointOf = (run: string, step: number): Buffer[] =>
  ['model', 'optimizer'].map((name) => readFileSync(join(folderOf(run), checkpointName(step), `${name}.safetensors`)));

/** Resolves when a run has made a checkpoint, or is over. */
export async function firstCheckpoint(run: string, { child }: Started): Promise<void> {
  const made = (): boolean =>
    existsSync(folderOf(run)) && readdirSync(folderOf(run)).some((name) => name.startsWith('step-'));
  while (child.exitCode === null && !made()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** The processes that have all of these words on their command line, started by a launcher as this rank if one is given. */
export function processesWith(words: readonly string[], rank?: number): number[] {
  const text = (pid: string, file: string): string => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, 'utf8');
    } catch {
      return ''; // it has ended
    }
  };
  const isRank = (pid: string): boolean =>
    rank === undefined || new RegExp(`\0(?:OMPI_COMM_WORLD_RANK|PMI_RANK)=${rank}\0`).test(`\0${text(pid, 'environ')}`);
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => words.every((word) => text(pid, 'cmdline').includes(word)) && isRank(pid))
    .map(Number);
}

const folderOf = (run: string): string => join(run, 'checkpoints');

function isCommand(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
