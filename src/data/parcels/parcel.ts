import type { TextPiece } from '../corpus/textPiece.ts';

/** Some pieces of a corpus, in order: what a thread works on at a time. */
export interface Parcel {
  readonly texts: readonly string[];
  /** Of each, whether a document ends with it. */
  readonly ends: readonly boolean[];
}

/** Characters after which a parcel is full: a few milliseconds of work. */
const FULL = 1 << 18;

/** All pieces in parcels. Which are in which depends on nothing but the pieces. */
export async function* parcelsOf(pieces: AsyncIterable<TextPiece>): AsyncGenerator<Parcel> {
  let texts: string[] = [];
  let ends: boolean[] = [];
  let size = 0;
  for await (const piece of pieces) {
    texts.push(piece.text);
    ends.push(piece.ends);
    size += 1 + piece.text.length; // blank ones take room, too
    if (size < FULL) continue;
    yield { texts, ends };
    [texts, ends, size] = [[], [], 0];
  }
  if (texts.length > 0) yield { texts, ends };
}
