import { BertrandError } from '../../error.ts';
import { jsonObject } from '../lines/jsonObject.ts';
import { nameOf } from '../bytes/fileBytes.node.ts';
import { unpackedName } from '../bytes/unpacked.node.ts';
import { linesOf, readPieces } from '../lines/readLines.node.ts';
import { delimitedRows } from './delimitedRows.node.ts';
import { LINE } from './row.ts';
import type { Row, RowFormat } from './row.ts';

/**
 * The rows of a file or, for `-`, of the standard input, as they come: only the present one is held. Blank lines
 * are rows where each line is a text, and nothing elsewhere.
 * @param format what its name says, if left out; of the standard input JSONL if it begins with `{`, otherwise plain lines
 * @throws BertrandError when it cannot be read, is no UTF-8, not of its format or has no rows
 */
export async function* readRows(path: string, format?: RowFormat): AsyncGenerator<Row> {
  const given = format ?? (path === '-' ? undefined : formatOf(path));
  yield* rowsOf(readPieces(path), given, nameOf(path));
}

/**
 * The rows of a text that comes in pieces.
 * @param format JSONL if it begins with `{`, otherwise plain lines, if undefined
 * @param name of the text in messages
 * @throws BertrandError where it is not of its format, or has no rows
 */
export async function* rowsOf(
  pieces: AsyncIterable<string>,
  format: RowFormat | undefined,
  name: string,
): AsyncGenerator<Row> {
  const rows =
    format === 'csv' || format === 'tsv' ? delimitedRows(pieces, format, name) : lineRows(pieces, format, name);
  let some = false;
  for await (const row of rows) {
    some = true;
    yield row;
  }
  if (!some) throw new BertrandError(`${name}: found no rows; expected at least one`);
}

/** The format that a file's name stands for, packed or not; plain lines for any other name. */
export function formatOf(name: string): RowFormat {
  const ending = /\.(\w+)$/.exec(unpackedName(name))?.[1].toLowerCase();
  if (ending === 'jsonl' || ending === 'ndjson') return 'jsonl';
  if (ending === 'csv' || ending === 'tsv') return ending;
  return 'lines';
}

async function* lineRows(
  pieces: AsyncIterable<string>,
  format: 'jsonl' | 'lines' | undefined,
  name: string,
): AsyncGenerator<Row> {
  const plain = (text: string, line: number): Row => ({ where: `${name}:${line}`, line, fields: { [LINE]: text } });
  let known = format;
  let blank = 0; // lines before the first by which the format is known
  for await (const { text, number: line } of linesOf(pieces, name)) {
    const isBlank = text.trim() === '';
    if (known === undefined && isBlank) {
      blank = line;
      continue;
    }
    if (known === undefined) {
      known = text.trimStart().startsWith('{') ? 'jsonl' : 'lines';
      if (known === 'lines') for (let above = 1; above <= blank; above++) yield plain('', above);
    }
    if (known === 'lines') yield plain(text, line);
    else if (!isBlank) yield { where: `${name}:${line}`, line, fields: jsonObject(text, `${name}:${line}`) };
  }
}
