import { closeSync, openSync, readSync } from 'node:fs';
import { unreadable } from '../../data/inputFile.node.ts';
import { fileToReplace, writeAtomically } from '../../data/store/writeAtomically.node.ts';
import { BertrandError } from '../../error.ts';

/** A file that is to be written, and how all of its kind begin. */
export interface OwnFile {
  readonly path: string;
  readonly option: string;
  readonly beginning: string;
}

/** Throws a BertrandError if there is a file that begins otherwise: it is somebody's, and is not replaced. */
export function expectOwn({ path, option, beginning }: OwnFile): void {
  const target = fileToReplace(path, `choose another --${option}`);
  const bytes = Buffer.alloc(Buffer.byteLength(beginning));
  let count: number;
  try {
    const file = openSync(target, 'r');
    try {
      count = readSync(file, bytes, 0, bytes.length, 0);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw unreadable(path, error);
  }
  if (bytes.toString('utf8', 0, count) !== beginning)
    throw new BertrandError(`${path}: there is a file that Bertrand did not write; choose another --${option}`);
}

/** Writes it in place of an older one of its kind; it appears whole or not at all. */
export function writeOwn(own: OwnFile, parts: Iterable<string>): Promise<void> {
  expectOwn(own);
  return writeAtomically(
    own.path,
    async (file) => {
      for (const part of parts) await file.writeFile(part); // behind the one before
    },
    `choose another --${own.option}`,
  );
}
