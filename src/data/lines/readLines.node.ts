import { createReadStream } from 'node:fs';
import { BertrandError } from '../../error.ts';
import { decodeUtf8 } from '../corpus/decodeUtf8.ts';
import { inspectFile, unreadable } from '../inputFile.node.ts';

export interface Line {
  readonly text: string;
  /** Counted from 1. */
  readonly number: number;
}

/** Characters of a line. */
export const LONGEST = 2 ** 24;

/**
 * The lines of a file or, for `-`, of the standard input, as they come: only the present one is held. What ends the last
 * line may be missing.
 * @throws BertrandError when it cannot be read, is no UTF-8, or a line is longer than 16 Mi characters
 */
export async function* readLines(path: string): AsyncGenerator<Line> {
  const name = nameOf(path);
  let number = 1;
  let begun = '';
  for await (const piece of readPieces(path)) {
    const parts = (begun + piece).split('\n');
    begun = parts.pop() ?? '';
    for (const text of parts) yield { text: plain(text, number), number: number++ };
    if (begun.length > LONGEST)
      throw new BertrandError(`${name}:${number}: the line has more than ${LONGEST} characters`, {
        advice: 'put each text on a line of its own',
      });
  }
  if (begun !== '') yield { text: plain(begun, number), number };
}

/**
 * The text of a file or, for `-`, of the standard input, in pieces as they come.
 * @throws BertrandError when it cannot be read or is no UTF-8
 */
export const readPieces = (path: string): AsyncGenerator<string> => decodeUtf8(bytesOf(path), nameOf(path));

/** What messages call it. */
export const nameOf = (path: string): string => (path === '-' ? 'standard input' : path);

/** Without the rest of its end, and the first without a byte order mark. */
function plain(line: string, number: number): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  return number === 1 && text.startsWith('\uFEFF') ? text.slice(1) : text;
}

async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  if (path !== '-') inspectFile(path);
  try {
    yield* (path === '-' ? process.stdin : createReadStream(path)) as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw unreadable(nameOf(path), error);
  }
}
