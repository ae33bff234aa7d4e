import { BertrandError } from '../../error.ts';
import { delimitedRows } from './delimitedRows.ts';
import { LINE } from './row.ts';
import type { Row, RowFormat } from './row.ts';

/** The format that a file's name stands for; plain lines for any other name. */
export function formatOf(name: string): RowFormat {
  const ending = /\.(\w+)$/.exec(name)?.[1].toLowerCase();
  if (ending === 'jsonl' || ending === 'ndjson') return 'jsonl';
  if (ending === 'csv' || ending === 'tsv') return ending;
  return 'lines';
}

/**
 * The rows of a text; blank lines are none.
 * @param name of the file, in messages
 * @throws BertrandError that names the line where the text is not of the format, or the file if there are no rows
 */
export function rowsOf(text: string, format: RowFormat, name: string): Row[] {
  const plain = text.replace(/^\uFEFF/, '');
  const rows =
    format === 'csv' || format === 'tsv' ? delimitedRows(plain, format, name) : lineRows(plain, format, name);
  if (rows.length === 0) throw new BertrandError(`${name}: found no rows; expected at least one`);
  return rows;
}

function lineRows(text: string, format: 'jsonl' | 'lines', name: string): Row[] {
  return text
    .split(/\r?\n/)
    .map((line, i) => ({ line, where: `${name}:${i + 1}` }))
    .filter(({ line }) => line.trim() !== '')
    .map(({ line, where }) => ({ where, fields: format === 'jsonl' ? objectOf(line, where) : { [LINE]: line } }));
}

function objectOf(line: string, where: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BertrandError(`${where}: not JSON (${reason}); expected one object a line`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new BertrandError(`${where}: found ${line.trim().slice(0, 40)}; expected an object like {"text": "..."}`);
  return value as Record<string, unknown>;
}
