import { BertrandError } from '../../error.ts';

/** How files that are not plain text begin, and what to do about them. */
const SIGNATURES: readonly [bytes: string, what: string, advice: string][] = [
  ['1f8b', 'compressed with gzip', 'unpack it first: gunzip'],
  ['28b52ffd', 'compressed with zstd', 'unpack it first: unzstd'],
  ['fd377a585a00', 'compressed with xz', 'unpack it first: unxz'],
  ['425a68', 'compressed with bzip2', 'unpack it first: bunzip2'],
  ['504b0304', 'a zip archive', 'unpack it first: unzip'],
  ['50415231', 'a Parquet table', 'write its text column to a text file first'],
  ['255044462d', 'a PDF', 'turn it into text first: pdftotext'],
];
const JSON_TEXT = /^\s*(?:\[\s*)?\{\s*"(?:[^"\\]|\\.){0,200}"\s*:/;
/** A name of a column. */
const HEADING = /^"?[\p{L}_][\p{L}\p{M}\p{N}_ .-]{0,40}"?$/u;
const DELIMITERS = [',', '\t', ';', '|'];
/** How many bytes of a file are examined. */
const LOOKED_AT = 1 << 16;
/** Rows, the headings among them, that make a table. */
const ROWS = 3;

/** Passes a file's bytes through. Throws a BertrandError that names it if it is compressed, JSON or a table rather than prose. */
export async function* expectPlainText(bytes: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  let first = true;
  for await (const chunk of bytes) {
    if (first) refuse(chunk.subarray(0, LOOKED_AT), name, chunk.length <= LOOKED_AT);
    first = false;
    yield chunk;
  }
}

function refuse(beginning: Uint8Array, name: string, whole: boolean): void {
  const fail = (what: string, advice: string): never => {
    throw new BertrandError(`${name}: ${what}; expected plain text in UTF-8; ${advice}`);
  };
  const hex = Array.from(beginning.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const signature = SIGNATURES.find(([bytes]) => hex.startsWith(bytes));
  if (signature) fail(signature[1], signature[2]);
  const text = new TextDecoder().decode(beginning);
  if (JSON_TEXT.test(text)) fail('JSON', 'write the texts in it to a text file first');
  const table = /\.(csv|tsv)$/i.test(name) || isTable(text, whole);
  if (table) fail('a table (CSV or TSV)', 'write its text column to a text file first');
}

/** Whether a row of headings is followed by rows of as many fields. */
function isTable(text: string, whole: boolean): boolean {
  const headings = /^[^\r\n]*/.exec(text)![0];
  return DELIMITERS.some((delimiter) => {
    const columns = headings.split(delimiter);
    if (columns.length < 2 || !columns.every((column) => HEADING.test(column))) return false;
    const rows = rowsOf(text, delimiter);
    if (!whole) rows.pop(); // may be cut short
    return rows.length >= ROWS && rows.every((row) => row === columns.length);
  });
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
