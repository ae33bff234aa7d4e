import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readInput } from '../../data/inputFile.node.ts';
import { writeAtomically } from '../../data/store/writeAtomically.node.ts';

/** Writes files into a folder, which is made if it is missing. */
export async function writeFiles(folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  for (const [name, bytes] of files)
    await writeAtomically(join(folder, name), (file) => file.writeFile(bytes), 'choose another folder');
}

/** Reads a file of the folder by its name; undefined if there is none. */
export function fileReader(folder: string): (name: string) => Promise<Uint8Array | undefined> {
  return async (name) => {
    const path = join(folder, name);
    return Promise.resolve(existsSync(path) ? readInput(path) : undefined);
  };
}
