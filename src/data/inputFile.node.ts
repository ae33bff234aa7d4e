import { readFileSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { BertrandError, systemReason } from '../error.ts';

/** Bytes of a file that is read as a whole, unless its reader says otherwise: 256 MiB. */
const LARGEST = 2 ** 28;

/**
 * A file's size and times, links followed.
 * @throws BertrandError unless it is a regular file: reading a pipe could wait for ever, reading a device might never end
 */
export function inspectFile(path: string): Stats {
  let found: Stats;
  try {
    found = statSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
  if (!found.isFile()) throw new BertrandError(`${path}: it is ${kindOf(found)}; expected a file`);
  return found;
}

/**
 * A whole file.
 * @throws BertrandError if it cannot be read, is no regular file or has more than `most` bytes
 */
export function readInput(path: string, most: number = LARGEST): Uint8Array {
  const { size } = inspectFile(path);
  if (size > most) throw new BertrandError(`${path}: it has ${size} bytes; at most ${most} are read here`);
  try {
    return readFileSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** The same as text, its bytes being UTF-8 or not, without a byte order mark. */
export function readInputText(path: string, most?: number): string {
  return new TextDecoder().decode(readInput(path, most));
}

/** What stands at a path that is no regular file. */
export function kindOf(found: Stats): string {
  return found.isDirectory() ? 'a folder' : 'a device or a pipe';
}

/** The system's error as one for the person; any other stays as it is. */
export function unreadable(path: string, error: unknown): unknown {
  const reason = systemReason(error);
  return reason === undefined ? error : new BertrandError(`${path}: cannot be read: ${reason}`, { cause: error });
}
