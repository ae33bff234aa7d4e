import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it that are missing. Node's `recursive` tries forever where the system says that a new
 * folder's parent is missing although it exists, as Linux does in /proc.
 * @returns the first folder that it made; undefined if all were there
 */
export function makeFolders(path: string): string | undefined {
  if (isFolder(path)) return undefined;
  const above = dirname(path);
  const first = above === path ? undefined : makeFolders(above);
  try {
    mkdirSync(path);
  } catch (error) {
    if (isFolder(path)) return first; // another process made it
    throw error;
  }
  return first ?? path;
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
