import { BertrandError } from '../../error.ts';
import { decodeUtf8 } from '../bytes/decodeUtf8.ts';
import { fileBytes, nameOf } from '../bytes/fileBytes.node.ts';
import { unpacked } from '../bytes/unpacked.node.ts';

export interface Line {
  readonly text: string;
  /** Counted from 1. */
  readonly number: number;
}

/** Characters of a line. */
export const LONGEST = 2 ** 24;

/**
 * The lines of a text that comes in pieces: only the present one is held. What ends the last line may be missing.
 * @param name of the text in messages
 * @throws BertrandError where a line is longer than 16 Mi characters
 */
export async function* linesOf(pieces: AsyncIterable<string>, name: string): AsyncGenerator<Line> {
  let number = 1;
  let begun = '';
  for await (const piece of pieces) {
    const parts = piece.split('\n'); // not what has begun, which may be long
    parts[0] = begun + parts[0];
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
 * The text of a file or, for `-`, of the standard input, in pieces as they come, unpacked if it is gzip or zstd.
 * @throws BertrandError when it cannot be read or is no UTF-8
 */
export const readPieces = (path: string): AsyncGenerator<string> =>
  decodeUtf8(unpacked(fileBytes(path), nameOf(path)), nameOf(path));

/** Without the rest of its end, and the first without a byte order mark. */
function plain(line: string, number: number): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  return number === 1 && text.startsWith('\uFEFF') ? text.slice(1) : text;
}
