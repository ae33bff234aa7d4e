import { fieldOf, wrongField } from '../labelled/row.ts';
import type { Row } from '../labelled/row.ts';
import type { TextPiece } from './textPiece.ts';

/**
 * The texts in one field of rows, each a document. Rows without text are passed over.
 * @param onBlank is told how many those are
 * @throws BertrandError that names the row where there is no such field, or it holds no text
 */
export async function* rowPieces(
  rows: AsyncIterable<Row>,
  field: string,
  onBlank: (rows: number) => void,
): AsyncGenerator<TextPiece> {
  let blank = 0;
  for await (const row of rows) {
    const value = fieldOf(row, field) ?? '';
    if (typeof value !== 'string') throw wrongField(row, field, value, 'a text');
    if (value.trim() === '') blank += 1;
    else yield { text: value, ends: true };
  }
  if (blank > 0) onBlank(blank);
}
