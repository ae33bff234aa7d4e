import type { DocumentMode } from '../corpus/textPiece.ts';
import { FIELD } from '../dataOptions.ts';
import { formatOf, readRows } from '../labelled/rowsFile.node.ts';
import { readPieces } from '../lines/readLines.node.ts';
import { openParquet } from '../parquet/openParquet.node.ts';
import { textColumns } from '../parquet/parquetRows.node.ts';

const USUAL = [FIELD, 'content', 'body', 'document', 'article', 'sentence'];
/** Rows, and characters, that are looked at. */
const ROWS = 20;
const CHARACTERS = 1 << 20;

/** The field of a file that likely has its texts: one of a usual name, otherwise that of the longest texts. */
export async function likelyField(path: string): Promise<string> {
  const parquet = await openParquet(path, () => {});
  if (parquet) {
    const columns = await textColumns(parquet, path).finally(() => parquet.close());
    return USUAL.find((name) => columns.includes(name)) ?? columns[0] ?? FIELD;
  }
  if (formatOf(path) === 'lines') return FIELD;
  const lengths = new Map<string, number>();
  let rows = 0;
  for await (const { fields } of readRows(path)) {
    for (const [name, value] of Object.entries(fields))
      if (typeof value === 'string') lengths.set(name, (lengths.get(name) ?? 0) + value.length);
    if (++rows === ROWS) break;
  }
  const longest = [...lengths].toSorted((a, b) => b[1] - a[1])[0]?.[0];
  return USUAL.find((name) => lengths.has(name)) ?? longest ?? FIELD;
}

/** Paragraphs, or lines, that make a file many documents rather than one. */
const MANY = 20;

/** What a document likely is in a single file of plain text. */
export async function likelyDocuments(path: string): Promise<DocumentMode> {
  if (formatOf(path) !== 'lines' || (await openParquet(path, () => {}).then(closed))) return 'file';
  let text = '';
  for await (const piece of readPieces(path)) {
    text += piece;
    if (text.length >= CHARACTERS) break;
  }
  if (text.split(/\n\s*\n/).length > MANY) return 'blank-line';
  return text.split('\n').length > MANY ? 'line' : 'file';
}

async function closed(file: Awaited<ReturnType<typeof openParquet>>): Promise<boolean> {
  await file?.close();
  return file !== undefined;
}
