import type { DocumentMode, TextPiece } from './textPiece.ts';

/** Lines end in LF, CR LF or CR alone. */
const BLANK_LINE = /(?:\n|\r(?!\n))[^\S\n\r]*[\n\r]\s*/;
const END_OF_LINE = /\r\n|\n|\r/;
const NEWLINE = /[\n\r]/;
const WHITESPACE = /\s/;
/** Characters after which a piece is emitted. */
const PIECE = 1 << 16;
/** Characters without a space after which even a word is cut, so that memory stays bounded. */
const LONGEST_WORD = 1 << 20;

/**
 * Where the last run of whitespace begins; 0 if there is none. The run stays behind: it may grow into a blank line.
 * @param from what is before it is known to have none but at its beginning, and is not looked at again
 */
function lastBreak(text: string, from: number): number {
  let end = text.length;
  while (end > from && !WHITESPACE.test(text[end - 1])) end--;
  if (end === from) return 0;
  while (end > from && WHITESPACE.test(text[end - 1])) end--;
  return end === from && from > 0 && WHITESPACE.test(text[from - 1]) ? 0 : end;
}

/** Cuts one file's text into pieces of documents. Never holds more than a chunk and a piece, or one very long word. */
export async function* cutIntoPieces(chunks: AsyncIterable<string>, mode: DocumentMode): AsyncGenerator<TextPiece> {
  let carry = '';
  let open = false; // a piece of the current document is already out
  let unbroken = 0; // characters of `carry` in which there is no break
  for await (const chunk of chunks) {
    carry += chunk;
    if (mode !== 'file' && NEWLINE.test(chunk)) {
      const parts = carry.split(mode === 'line' ? END_OF_LINE : BLANK_LINE);
      carry = parts.pop()!;
      if (parts.length > 0) unbroken = 0;
      for (const text of parts) {
        if (open || text.trim() !== '') yield { text, ends: true };
        open = false;
      }
    }
    while (carry.length >= PIECE) {
      let end = lastBreak(carry, unbroken);
      if (end === 0) unbroken = carry.length;
      if (end === 0 && carry.length < LONGEST_WORD) break;
      if (end === 0) end = isHighSurrogate(carry, LONGEST_WORD - 1) ? LONGEST_WORD - 1 : LONGEST_WORD;
      yield { text: carry.slice(0, end), ends: false };
      carry = carry.slice(end);
      unbroken = 0;
      open = true;
    }
  }
  if (open || carry.trim() !== '') yield { text: carry, ends: true };
}

function isHighSurrogate(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 0xd800 && code < 0xdc00;
}
