import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readInputText } from '../inputFile.node.ts';
import { makeFolders } from '../makeFolders.node.ts';

/** Age from which on a temporary file counts as left behind; a younger one may still be in use. */
const UNTOUCHED = 60_000;

/** The names of what belongs into a cache: what it is, and until it is finished the process that `writeAtomically` made it in. */
export const OWN_NAME = /^(tokens|tokenizer)-[0-9a-f]{16}(?:-[0-9a-f]{16})?\.(?:bin|json)(?:\.(\d+)\.tmp)?$/;

/** What to do where a cache cannot be written. */
export const CACHE_ADVICE = 'free space there or set data.cache to another folder';

const TAG = 'CACHEDIR.TAG';
/** By its first line programs that make backups know a cache: https://bford.info/cachedir/ */
const TAG_TEXT = `Signature: 8a477f597d28d172789f06886806bc55
# This folder is a cache of Bertrand: it may be removed, and what is in it is made again.
`;

/** Makes a cache's folder, and marks it as ours if it is empty. Silent if that fails: whoever writes there later reports it. */
export function makeCache(folder: string): void {
  try {
    makeFolders(folder);
    if (filesIn(folder).length === 0) writeFileSync(join(folder, TAG), TAG_TEXT, { flag: 'wx' });
  } catch {
    // read-only, or no folder
  }
}

/** Removes temporary files of processes that ended without doing so, from a folder that is a cache of ours and no other. */
export function removeLeftovers(folder: string): void {
  if (!isOurs(folder)) return;
  for (const name of filesIn(folder)) {
    const pid = Number(OWN_NAME.exec(name)?.[2] ?? NaN);
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    const path = join(folder, name);
    const { mtimeMs = Infinity } = statSync(path, { throwIfNoEntry: false }) ?? {};
    if (Date.now() - mtimeMs > UNTOUCHED) rmSync(path, { force: true });
  }
}

/** Whether a folder is a cache that was made by `makeCache`. */
export function isOurs(folder: string): boolean {
  try {
    return readInputText(join(folder, TAG)) === TAG_TEXT;
  } catch {
    return false;
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
