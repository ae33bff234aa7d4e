/** A stretch of a document that starts and ends between words. `ends` marks a document's last piece. */
export interface TextPiece {
  readonly text: string;
  readonly ends: boolean;
}

/** What a document is in plain text. */
export const documentModes = ['file', 'blank-line', 'line'] as const;
export type DocumentMode = (typeof documentModes)[number];

/** Whole texts as pieces, for corpora that are in memory. */
export async function* piecesOfTexts(texts: readonly string[]): AsyncGenerator<TextPiece> {
  for (const text of texts) yield { text, ends: true };
}
