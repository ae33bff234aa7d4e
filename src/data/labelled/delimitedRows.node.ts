import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import type { Parser } from 'csv-parse';
import { BertrandError } from '../../error.ts';
import { LONGEST } from '../lines/readLines.node.ts';
import type { Row } from './row.ts';

interface Parsed {
  readonly record: readonly string[];
  readonly raw: string;
  readonly info: { readonly lines: number };
}

/**
 * The records of CSV (RFC 4180) or TSV below a line with the names of the columns, as they come. In TSV a quote is a
 * character like any other (IANA's text/tab-separated-values).
 * @param pieces of the text
 * @param name of the file, in messages
 * @throws BertrandError that names the line where it is no such table
 */
export async function* delimitedRows(
  pieces: AsyncIterable<string>,
  format: 'csv' | 'tsv',
  name: string,
): AsyncGenerator<Row> {
  let columns: string[] | undefined;
  for await (const parsed of recordsOf(pieces, format, name)) {
    const { record } = parsed;
    if (!columns) {
      columns = columnsOf(record, name);
      continue;
    }
    const line = lineOf(parsed);
    const where = `${name}:${line}`;
    if (record.length !== columns.length)
      throw new BertrandError(`${where}: found ${fields(record.length)}; expected ${columns.length}, as in line 1`, {
        advice: format === 'csv' ? 'put fields with commas in quotes' : 'take tabs out of fields',
      });
    yield { where, line, fields: Object.fromEntries(columns.map((column, i) => [column, record[i]])) };
  }
  if (!columns) throw new BertrandError(`${name}: found nothing; expected a line with the names of the columns`);
}

function columnsOf(record: readonly string[], name: string): string[] {
  const columns = record.map((column) => column.trim());
  const twice = columns.find((column, i) => columns.indexOf(column) !== i);
  if (twice !== undefined)
    throw new BertrandError(`${name}:1: found the column ${JSON.stringify(twice)} twice; expected each name once`);
  return columns;
}

const fields = (count: number): string => `${count} field${count === 1 ? '' : 's'}`;

async function* recordsOf(pieces: AsyncIterable<string>, format: 'csv' | 'tsv', name: string): AsyncGenerator<Parsed> {
  let read = 0; // lines of whole records: as they are parsed, which is before they are asked for
  const parser: Parser = parse({
    delimiter: format === 'csv' ? ',' : '\t',
    quote: format === 'csv' ? '"' : null,
    relax_column_count: true,
    skip_empty_lines: true,
    bom: true,
    info: true,
    raw: true,
    max_record_size: LONGEST,
    on_record: (parsed) => {
      read = (parsed as unknown as Parsed).info.lines;
      return parsed;
    },
  });
  pipeline(Readable.from(pieces), parser, () => {}); // what fails is thrown where the parser is read
  try {
    yield* parser as AsyncIterable<Parsed>;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw explained(error, name, read + 1);
  }
}

/** @param begun the line on which the record begins */
function explained(error: CsvError, name: string, begun: number): BertrandError {
  const { code, message } = error;
  if (code === 'CSV_MAX_RECORD_SIZE')
    return new BertrandError(`${name}:${begun}: the row has more than ${LONGEST} characters`, {
      advice: 'is a quote missing that closes a field?',
      cause: error,
    });
  const lines = code === 'CSV_QUOTE_NOT_CLOSED' ? begun : (error as CsvError & { readonly lines: number }).lines;
  const row = lines === begun ? '' : ` (the row begins in line ${begun}, where a quote may never be closed)`;
  return new BertrandError(`${name}:${lines}: ${PROBLEMS[code] ?? message}${row}`, {
    advice: 'put a field with quotes, commas or ends of lines in quotes, and write a quote inside as two',
    cause: error,
  });
}

const PROBLEMS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'the file ends inside a quoted field of the row that begins here',
  CSV_INVALID_CLOSING_QUOTE: 'found a character after the closing quote of a field; expected a comma',
  INVALID_OPENING_QUOTE: 'found a quote inside a field that has none at its beginning',
};

/** The line on which a record begins. */
function lineOf({ raw, info }: Parsed): number {
  return info.lines - raw.trim().split('\n').length + 1;
}
