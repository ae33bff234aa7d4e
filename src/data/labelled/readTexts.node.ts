import { BertrandError } from '../../error.ts';
import { nameOf } from '../bytes/fileBytes.node.ts';
import type { Row } from './row.ts';
import { LINE } from './row.ts';
import { formatOf, rowsOf } from './rowsFile.node.ts';
import { readPieces } from '../lines/readLines.node.ts';
import type { Line } from '../lines/readLines.node.ts';

/** A text, and the number of its line. */
export type NumberedText = Line;

/** The field of a table or of JSON Lines that holds the text, unless another is named. */
const FIELD = 'text';

/**
 * The texts of a file or, for `-`, of the standard input: its lines, blank ones too, or where its name says that it is
 * JSON Lines, CSV or TSV, packed or not, a field of each row.
 * @param field by default `text`; where it is given, what is no table by its name is JSON Lines
 * @throws BertrandError when it cannot be read or has no texts, or a row is without that field
 */
export async function* readTexts(path: string, field?: string): AsyncGenerator<NumberedText> {
  const named = formatOf(path);
  const format = named === 'lines' && field !== undefined ? 'jsonl' : named;
  for await (const row of rowsOf(readPieces(path), format, nameOf(path)))
    yield { text: format === 'lines' ? String(row.fields[LINE]) : textIn(row, field ?? FIELD), number: row.line };
}

function textIn({ fields, where }: Row, field: string): string {
  const text = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (typeof text === 'string') return text;
  const names = Object.keys(fields).join(', ') || 'no fields';
  const what = text === undefined ? `there is no field ${field}; found ${names}` : `${field} is no text`;
  throw new BertrandError(`${where}: ${what}`, { advice: 'name the field of the texts with --field' });
}
