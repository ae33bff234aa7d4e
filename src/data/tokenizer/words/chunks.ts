/**
 * Splits at the four characters that every WordPiece tokenizer takes for space. What is between them is tokenized
 * alone as it is in its text, so the work of normalising is done once a distinct chunk and not once an occurrence.
 */
export function chunksOf(text: string): string[] {
  return text.split(/[ \t\r\n]+/);
}

/** Longer chunks are rare and seldom seen twice: they are not kept. */
export const LONGEST_KEPT_CHUNK = 64;
