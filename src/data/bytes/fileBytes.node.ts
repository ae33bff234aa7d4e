import { createReadStream } from 'node:fs';
import { inspectFile, unreadable } from '../inputFile.node.ts';

const CHUNK = 1 << 18;

/** The path that stands for the standard input. */
export const STANDARD_INPUT = '-';

/** What messages call it. */
export const nameOf = (path: string): string => (path === STANDARD_INPUT ? 'standard input' : path);

/**
 * The bytes of a file or, for `-`, of the standard input, as they come.
 * @throws BertrandError when it cannot be read
 */
export async function* fileBytes(path: string): AsyncGenerator<Uint8Array> {
  if (path !== STANDARD_INPUT) inspectFile(path);
  try {
    yield* (
      path === STANDARD_INPUT ? process.stdin : createReadStream(path, { highWaterMark: CHUNK })
    ) as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw unreadable(nameOf(path), error);
  }
}
