const JSON_TEXT = /^\s*(?:\[\s*)?\{\s*"(?:[^"\\]|\\.){0,200}"\s*:/;
/** A name of a column. */
const HEADING = /^"?[\p{L}_][\p{L}\p{M}\p{N}_ .-]{0,40}"?$/u;
const DELIMITERS = [',', '\t', ';', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];
/** Rows, the headings among them, that make a table. */
const ROWS = 3;

/** Whether a text begins as JSON: an object, or a list of them. */
export const looksLikeJson = (text: string): boolean => JSON_TEXT.test(text);

export interface Table {
  readonly delimiter: Delimiter;
  readonly columns: readonly string[];
}

/**
 * The table that a text looks like: a row of headings, and rows of as many fields; undefined if it does not.
 * @param whole whether it is all of the text
 */
export function looksLikeTable(text: string, whole: boolean): Table | undefined {
  const headings = /^[^\r\n]*/.exec(text)![0];
  for (const delimiter of DELIMITERS) {
    const columns = headings.split(delimiter);
    if (columns.length < 2 || !columns.every((column) => HEADING.test(column))) continue;
    const rows = rowsOf(text, delimiter);
    if (!whole) rows.pop(); // may be cut short
    if (rows.length >= ROWS && rows.every((row) => row === columns.length))
      return { delimiter, columns: columns.map((column) => column.replaceAll('"', '')) };
  }
  return undefined;
}

/** How many fields each row has, as RFC 4180 reads them. */
function rowsOf(text: string, delimiter: string): number[] {
  const rows: number[] = [];
  let quoted = false;
  let fields = 1;
  let empty = true;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (quoted || (character !== '\n' && character !== '\r')) {
      empty = false;
      if (!quoted && character === delimiter) fields++;
      continue;
    }
    if (!empty) rows.push(fields);
    fields = 1;
    empty = true;
  }
  if (!empty) rows.push(fields);
  return rows;
}
