import { CsvError, parse } from 'csv-parse/sync';
import { BertrandError } from '../../error.ts';
import type { Row } from './row.ts';

interface Parsed {
  readonly record: readonly string[];
  readonly raw: string;
  readonly info: { readonly lines: number };
}

/**
 * The records of CSV (RFC 4180) or TSV below a line with the names of the columns. In TSV a quote is a character like any
 * other (IANA's text/tab-separated-values).
 * @param name of the file, in messages
 * @throws BertrandError that names the line where it is no such table
 */
export function delimitedRows(text: string, format: 'csv' | 'tsv', name: string): Row[] {
  const [header, ...records] = recordsOf(text, format, name);
  if (!header) throw new BertrandError(`${name}: found nothing; expected a line with the names of the columns`);
  const columns = header.record.map((column) => column.trim());
  const twice = columns.find((column, i) => columns.indexOf(column) !== i);
  if (twice !== undefined)
    throw new BertrandError(`${name}:1: found the column ${JSON.stringify(twice)} twice; expected each name once`);
  return records.map((parsed) => {
    const where = `${name}:${lineOf(parsed)}`;
    const { record } = parsed;
    if (record.length !== columns.length)
      throw new BertrandError(`${where}: found ${fields(record.length)}; expected ${columns.length}, as in line 1`, {
        advice: format === 'csv' ? 'put fields with commas in quotes' : 'take tabs out of fields',
      });
    return { where, fields: Object.fromEntries(columns.map((column, i) => [column, record[i]])) };
  });
}

const fields = (count: number): string => `${count} field${count === 1 ? '' : 's'}`;

function recordsOf(text: string, format: 'csv' | 'tsv', name: string): Parsed[] {
  try {
    return parse(text, {
      delimiter: format === 'csv' ? ',' : '\t',
      quote: format === 'csv' ? '"' : null,
      relax_column_count: true,
      skip_empty_lines: true,
      info: true,
      raw: true,
    }) as unknown as Parsed[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { code, lines } = error as CsvError & { readonly lines: number };
    throw new BertrandError(`${name}:${lines}: ${PROBLEMS[code] ?? error.message}`, {
      advice: 'put a field with quotes, commas or ends of lines in quotes, and write a quote inside as two',
      cause: error,
    });
  }
}

const PROBLEMS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'the file ends inside a quoted field',
  CSV_INVALID_CLOSING_QUOTE: 'found a character after the closing quote of a field; expected a comma',
  INVALID_OPENING_QUOTE: 'found a quote inside a field that has none at its beginning',
};

/** The line on which a record begins. */
function lineOf({ raw, info }: Parsed): number {
  return info.lines - raw.trim().split('\n').length + 1;
}
