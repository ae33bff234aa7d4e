import { lstat, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { whatIsAt } from '../../data/inputFile.node.ts';
import { makeFolders } from '../../data/makeFolders.node.ts';
import { BertrandError } from '../../error.ts';
import { disk, explainDisk } from '../run/disk.node.ts';

/** A file of an exported folder. */
export interface ExportedFile {
  readonly name: string;
  readonly bytes: number;
}

/** A folder that is being written, under a name of its own. */
export interface NewFolder {
  /** What was written so far. */
  readonly files: readonly ExportedFile[];
  /** Writes a file in parts, one behind another; `name` may begin with a folder's. */
  write(name: string, parts: Iterable<string | Uint8Array>): Promise<void>;
}

/** Throws a BertrandError if there is anything at a path. */
export async function expectNothingAt(path: string): Promise<void> {
  const link = await lstat(path).catch(() => undefined);
  const found = whatIsAt(path) === 'nothing' && link ? 'a link to nothing' : whatIsAt(path);
  if (found !== 'nothing')
    throw new BertrandError(`${path}: found ${found}; expected nothing yet`, { advice: 'choose another --out' });
}

/**
 * Writes a folder that appears by one rename of a finished, synced one, or not at all.
 * @param path where nothing is yet
 * @throws BertrandError when the disk is full or cannot be written
 */
export async function writeFolder(path: string, fill: (folder: NewFolder) => Promise<void>): Promise<ExportedFile[]> {
  const folder = dirname(resolve(path));
  const temporary = join(folder, `.${basename(path)}.${process.pid}.tmp`);
  const files: ExportedFile[] = [];
  const write = async (name: string, parts: Iterable<string | Uint8Array>): Promise<void> => {
    const file = join(temporary, name);
    makeFolders(dirname(file));
    files.push({ name, bytes: await writeParts(file, parts) });
  };
  try {
    makeFolders(temporary);
    await fill({ files, write });
    await rename(temporary, path);
    await disk.syncFolder(folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {}); // the first error is the one to report
    throw explainDisk(error, `cannot write ${path}`, 'put that right, or choose another folder with --out');
  }
  return files;
}

async function writeParts(path: string, parts: Iterable<string | Uint8Array>): Promise<number> {
  const file = await open(path, 'wx');
  let bytes = 0;
  try {
    for (const part of parts) {
      const data = typeof part === 'string' ? Buffer.from(part) : part;
      await file.writeFile(data); // goes on from where the last one ended
      bytes += data.length;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return bytes;
}
