import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { startBy } from './commandLine.ts';
import type { Started } from './commandLine.ts';

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

/** Starts `bertrand ...args` on so many ranks in `folder`. */
export const startRanks = (mpi: Mpi, ranks: number, folder: string, ...args: string[]): Started =>
  startBy([...LAUNCHERS[mpi], '-n', String(ranks)], {}, folder, ...args);

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
