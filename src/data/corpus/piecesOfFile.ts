import { BertrandError } from '../../error.ts';
import { cutIntoPieces } from './cutIntoPieces.ts';
import { decodeUtf8 } from './decodeUtf8.ts';
import type { DocumentMode, TextPiece } from './textPiece.ts';

/** The documents of a file. Throws a BertrandError that names it if it is binary, not UTF-8 or blank. */
export async function* piecesOfFile(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
  mode: DocumentMode,
): AsyncGenerator<TextPiece> {
  let blank = true;
  for await (const piece of cutIntoPieces(decodeUtf8(bytes, name), mode)) {
    blank = false;
    yield piece;
  }
  if (blank) throw new BertrandError(`${name}: nothing but blank space`, { advice: 'remove it from data.corpus' });
}
