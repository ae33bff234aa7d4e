import { mkdirSync } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BertrandError } from '../../error.ts';

/**
 * Writes a file under a temporary name, syncs it and renames it: `path` appears whole or not at all.
 * Throws a BertrandError for a full disk or a folder that cannot be written.
 */
export async function writeAtomically(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = await open(temporary, 'w');
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw explain(error, path);
  }
}

function explain(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  const code = 'code' in error ? error.code : undefined;
  const reason = code === 'ENOSPC' || code === 'EDQUOT' ? 'the disk is full' : error.message;
  return new BertrandError(`data.cache: cannot write ${path}: ${reason}`, {
    advice: 'free space there or set data.cache to another folder',
    cause: error,
  });
}
