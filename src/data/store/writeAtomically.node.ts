import { lstatSync, realpathSync, statSync } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolders } from '../makeFolders.node.ts';
import { BertrandError, systemReason } from '../../error.ts';

/** The disk is full, or the place cannot be written to. */
export class UnwritableError extends BertrandError {}

/**
 * Writes a file under a temporary name, syncs it and renames it: `path` appears whole or not at all.
 * Throws an UnwritableError for a full disk, a folder that cannot be written or a path that is not a file's.
 * @param advice what to do then
 */
export async function writeAtomically(
  path: string,
  write: (file: FileHandle) => Promise<void>,
  advice: string,
): Promise<void> {
  const target = fileToReplace(path, advice);
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    makeFolders(dirname(target));
    await rm(temporary, { force: true });
    const file = await open(temporary, 'wx'); // never through a link that somebody put there
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw explain(error, path, advice);
  }
}

/** The path to write, links followed; throws an UnwritableError if what is there is not an ordinary file and so must not be replaced. */
export function fileToReplace(path: string, advice: string): string {
  try {
    const link = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isFile() || (!found && !link)) return link ? realpathSync(path) : path;
    const what = !found ? 'a link to nothing' : found.isDirectory() ? 'a folder' : 'a device or a pipe';
    throw new UnwritableError(`cannot write ${path}: it is ${what}; ${advice}`);
  } catch (error) {
    throw explain(error, path, advice);
  }
}

function explain(error: unknown, path: string, advice: string): unknown {
  const reason = systemReason(error);
  return reason === undefined
    ? error
    : new UnwritableError(`cannot write ${path}: ${reason}; ${advice}`, { cause: error });
}
