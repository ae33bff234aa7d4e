import { readdirSync, realpathSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { unreadable, whatIsAt } from '../../data/inputFile.node.ts';
import { BertrandError } from '../../error.ts';
import { isLock } from '../run/lock.node.ts';

/** Folders of runs, and of sweeps of runs, are seldom deeper. */
const DEEPEST = 4;
const MOST_FOLDERS = 10_000;

/**
 * The runs in a folder and below, or the folder itself if it is one; links are followed, in circles too, and each run comes once.
 * @throws BertrandError if there is no such folder, or too many are in it
 */
export function findRuns(folder: string): string[] {
  const found = whatIsAt(folder);
  if (found !== 'a folder') throw new BertrandError(`${folder}: found ${found}; expected a folder with runs`);
  const seen = new Set<string>();
  const below = (path: string, depth: number): string[] => {
    const real = realpathSync(path);
    if (seen.has(real)) return [];
    seen.add(real);
    if (seen.size > MOST_FOLDERS)
      throw new BertrandError(`${folder}: more than ${MOST_FOLDERS} folders are in it`, {
        advice: 'name one that has only runs',
      });
    const names = namesIn(path, depth > 0);
    if (isRun(names)) return [path];
    if (depth === DEEPEST) return [];
    const inner = names.filter((name) => !name.startsWith('.')).map((name) => join(path, name));
    return inner.filter((name) => statOf(name)?.isDirectory()).flatMap((name) => below(name, depth + 1));
  };
  return below(folder, 0);
}

/** Throws a BertrandError unless there is a run at the path. */
export function expectRun(path: string): void {
  const found = whatIsAt(path);
  if (found === 'a folder' && isRun(namesIn(path, false))) return;
  throw new BertrandError(
    `${path}: found ${found === 'a folder' ? 'a folder without metrics.jsonl' : found}; expected a run's folder`,
  );
}

/** A run's first files are config.yaml and its lock; what was copied from elsewhere may lack one or the other. */
const isRun = (names: readonly string[]): boolean =>
  names.includes('metrics.jsonl') ||
  (names.includes('config.yaml') && (names.includes('checkpoints') || names.some(isLock)));

/** @param lenient whether a folder that may not be looked into counts as empty */
function namesIn(path: string, lenient: boolean): string[] {
  try {
    return readdirSync(path).toSorted(byName);
  } catch (error) {
    if (lenient) return [];
    throw unreadable(path, error);
  }
}

/** run-2 before run-10 */
const { compare: byName } = new Intl.Collator('en', { numeric: true });

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // a circle of links, or a folder that is closed
  }
}
