import { readFileSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { BertrandError, systemReason } from '../error.ts';

/** The most bytes of a file that is read whole, unless its reader says otherwise: 256 MiB. */
const LARGEST = 2 ** 28;

/**
 * A file's size and times, links followed.
 * @throws BertrandError unless it is a regular file: reading a pipe could block forever, and reading a device might never end
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
 * @throws BertrandError if it cannot be read, is not a regular file or has more than `most` bytes
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

/** The same as text, without a byte order mark; bytes that are not UTF-8 become replacement characters. */
export function readInputText(path: string, most?: number): string {
  return new TextDecoder().decode(readInput(path, most));
}

/** What is at a path, links followed: `a file`, `a folder`, `a device or a pipe`, `nothing`, or why that cannot be seen. */
export function whatIsAt(path: string): string {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory()) statSync(`${path}/.`); // whether it may be looked into
    return found ? kindOf(found) : 'nothing';
  } catch (error) {
    const reason = systemReason(error);
    if (reason === undefined) throw error;
    return `something that cannot be looked at: ${reason}`;
  }
}

/** What a path is. */
export function kindOf(found: Stats): string {
  if (found.isFile()) return 'a file';
  return found.isDirectory() ? 'a folder' : 'a device or a pipe';
}

/** A system error as a message for the user; any other error unchanged. */
export function unreadable(path: string, error: unknown): unknown {
  const reason = systemReason(error);
  return reason === undefined ? error : new BertrandError(`${path}: cannot be read: ${reason}`, { cause: error });
}
