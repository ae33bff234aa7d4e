import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sha256 as digest } from '../../data/digest.ts';
import { makeFolders } from '../../data/makeFolders.node.ts';
import { BertrandError, systemReason } from '../../error.ts';

/** The changes that a run makes to the disk. Each rejects with Node's own error. */
export interface Disk {
  readonly makeFolder: (path: string) => Promise<void>;
  /** Makes one folder, in one that must be there. */
  readonly makeFolderIn: (path: string) => Promise<void>;
  /** Writes a new file that survives a loss of power once this resolves. */
  readonly write: (path: string, bytes: Uint8Array) => Promise<void>;
  /** Makes a folder's new names survive a loss of power. */
  readonly syncFolder: (path: string) => Promise<void>;
  readonly rename: (from: string, to: string) => Promise<void>;
  /** Removes a file or a folder with all in it; quiet if it is not there. */
  readonly remove: (path: string) => Promise<void>;
}

/** Bytes that are written at a time. */
const PIECE = 2 ** 26;

export const disk: Disk = {
  makeFolder: async (path) => {
    makeFolders(path);
    return Promise.resolve();
  },
  makeFolderIn: (path) => mkdir(path),
  write: async (path, bytes) => {
    const file = await open(path, 'wx'); // never through a link or into a pipe that somebody put there
    try {
      // in large pieces: beside training each takes as long as a step
      for (let at = 0; at < bytes.length;)
        at += (await file.write(bytes, at, Math.min(PIECE, bytes.length - at))).bytesWritten;
      await file.sync();
    } finally {
      await file.close();
    }
  },
  syncFolder: async (path) => {
    if (process.platform === 'win32') return; // there a folder cannot be opened
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
  rename,
  remove: (path) => rm(path, { recursive: true, force: true }),
};

/** The least number from 1 on with which none of these names stands in a folder. */
export async function freeNumber(folder: string, ...names: readonly ((number: number) => string)[]): Promise<number> {
  const taken = new Set(await readdir(folder));
  let number = 1;
  while (names.some((name) => taken.has(name(number)))) number += 1;
  return number;
}

/** Replaces a small file by one rename: after a crash it holds the old bytes or the new ones. */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    await disk.remove(temporary);
    await disk.write(temporary, typeof content === 'string' ? new TextEncoder().encode(content) : content);
    await disk.rename(temporary, path);
    await disk.syncFolder(dirname(path));
  } catch (error) {
    await disk.remove(temporary).catch(() => {});
    throw error;
  }
}

const CHUNK = 2 ** 24;

/** Bytes of which a copy is affordable. */
const MOST_COPIED = 2 ** 30;

/** SHA-256 in hexadecimal. On a thread of its own, which takes a copy; of many bytes in pieces, between which others have their turn. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  if (bytes.length <= MOST_COPIED) return digest(bytes as Uint8Array<ArrayBuffer>);
  const hash = createHash('sha256');
  for (let at = 0; at < bytes.length; at += CHUNK) {
    hash.update(bytes.subarray(at, at + CHUNK));
    await new Promise(setImmediate);
  }
  return hash.digest('hex');
}

/** The bytes of a file of any size (readFile stops at 2 GiB). Throws a BertrandError if it is no file, or one of more than `most`. */
export async function readBytes(path: string, most: number): Promise<Uint8Array> {
  const info = await stat(path);
  if (!info.isFile()) throw new BertrandError(`${path}: not intact: it is not a file`); // opening a pipe could wait for ever
  if (info.size > most)
    throw new BertrandError(`${path}: not intact: it has ${info.size} bytes; at most ${most} were written`);
  const file = await open(path, 'r');
  try {
    const bytes = new Uint8Array((await file.stat()).size);
    let at = 0;
    while (at < bytes.length) {
      const { bytesRead } = await file.read(bytes, at, Math.min(CHUNK, bytes.length - at));
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    return bytes.subarray(0, at);
  } finally {
    await file.close();
  }
}

export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Node's error as one for the person: "`what`: reason (CODE); `advice`". An error that is not the disk's stays as it is. */
export function explainDisk(error: unknown, what: string, advice: string): unknown {
  const reason = systemReason(error);
  return reason === undefined ? error : new BertrandError(`${what}: ${reason}`, { advice, cause: error });
}
