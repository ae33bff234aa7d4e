import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { StoredModel } from '../checkpoint/checkpoint.ts';

/** Whence the relative paths of a run's config count. */
export interface StartedIn {
  readonly folder: string;
  /** Whether the run is no longer where it was trained; they then count from the present folder. */
  readonly moved: boolean;
}

/**
 * The folder where a run was started, if it is still where it was from there.
 * @param out the run's folder as its config names it
 */
export function startedIn(run: string, { state }: StoredModel, out: string): StartedIn {
  if (state.folder === undefined) return { folder: process.cwd(), moved: false };
  const folder = resolve(run, state.folder);
  return isSame(resolve(folder, out), run) ? { folder, moved: false } : { folder: process.cwd(), moved: true };
}

function isSame(a: string, b: string): boolean {
  try {
    return realpathSync(a) === realpathSync(b);
  } catch {
    return false;
  }
}
