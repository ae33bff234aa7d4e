import { lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { filesIn, isOurs, OWN_NAME } from './leftovers.node.ts';

/** A file that a cache holds. */
export interface CacheFile {
  readonly path: string;
  readonly kind: 'encoded text' | 'tokenizer' | 'unfinished';
  readonly bytes: number;
  /** When it was made, in milliseconds since 1970. */
  readonly made: number;
}

/** The files of Bertrand's names in a folder, largest first: nothing else that is there, nor what a link leads to. */
export function cacheFiles(folder: string): CacheFile[] {
  return filesIn(folder)
    .flatMap((name) => {
      const [, what, pid] = OWN_NAME.exec(name) ?? [];
      const path = join(folder, name);
      const found = lstatSync(path, { throwIfNoEntry: false });
      if (what === undefined || !found?.isFile()) return [];
      const kind = pid !== undefined ? 'unfinished' : what === 'tokens' ? 'encoded text' : 'tokenizer';
      return [{ path, kind, bytes: found.size, made: found.mtimeMs } as const];
    })
    .toSorted((a, b) => b.bytes - a.bytes);
}

/** Removes them, from a folder that Bertrand made and from no other. @returns those removed; undefined if it is not ours */
export function cleanCache(folder: string): CacheFile[] | undefined {
  if (!isOurs(folder)) return undefined;
  const files = cacheFiles(folder).filter(({ kind, made }) => kind !== 'unfinished' || Date.now() - made > IN_USE);
  for (const { path } of files) rmSync(path, { force: true });
  return files;
}

/** Milliseconds for which an unfinished file that nobody touches may still be in use. */
const IN_USE = 60_000;
