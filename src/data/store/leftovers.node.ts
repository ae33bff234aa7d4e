import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Of processes that were interrupted; what was written to in the last minute may still be in use. */
const UNTOUCHED = 60_000;

/** Removes temporary files of processes that ended without doing so. */
export function removeLeftovers(folder: string): void {
  for (const name of filesIn(folder)) {
    const pid = Number(/\.(\d+)\.tmp$/.exec(name)?.[1] ?? NaN);
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    const path = join(folder, name);
    const { mtimeMs = Infinity } = statSync(path, { throwIfNoEntry: false }) ?? {};
    if (Date.now() - mtimeMs > UNTOUCHED) rmSync(path, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** The names in a folder; none if it is not there. */
export function filesIn(folder: string): string[] {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder) : [];
}
