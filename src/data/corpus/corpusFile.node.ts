import { decodeUtf8 } from '../bytes/decodeUtf8.ts';
import { byBeginning } from '../bytes/byBeginning.ts';
import { fileBytes, nameOf } from '../bytes/fileBytes.node.ts';
import { unpacked, unpackedName } from '../bytes/unpacked.node.ts';
import type { Row } from '../labelled/row.ts';
import { rowsOf } from '../labelled/rowsFile.node.ts';
import { openParquet } from '../parquet/openParquet.node.ts';
import { parquetRows } from '../parquet/parquetRows.node.ts';
import { parquetInMemory } from '../parquet/parquetSource.ts';
import { cutIntoPieces } from './cutIntoPieces.ts';
import { formOf } from './formOf.ts';
import { rowPieces } from './rowPieces.ts';
import type { DocumentMode, TextPiece } from './textPiece.ts';

/** How the files of a corpus are read. */
export interface Reading {
  /** What a document is in plain text; of all other forms each row is one. */
  readonly documents: DocumentMode;
  /** The field or column of the texts. */
  readonly field: string;
}

interface Watch {
  /** Is told how many more bytes of the file were read. */
  readonly bytes: (size: number) => void;
  /** What a person should know. */
  readonly notice: (text: string) => void;
}

/**
 * The documents of a file, or of the standard input for `-`: plain text, JSON Lines, CSV, TSV or Parquet, as it is or packed by
 * gzip or zstd. What it is, its content says, and where that could be several, its name.
 * @throws BertrandError that names the file and the line, the row or the byte at which it is not what it seems to be
 */
export async function* corpusFile(
  path: string,
  { documents, field }: Reading,
  watch: Watch,
): AsyncGenerator<TextPiece> {
  const name = nameOf(path);
  const onBlank = (rows: number): void =>
    watch.notice(
      `${name}: ${rows} ${rows === 1 ? 'row has' : 'rows have'} no text and ${rows === 1 ? 'is' : 'are'} passed over`,
    );
  const parquet = await openParquet(path, watch.bytes);
  if (parquet) {
    try {
      yield* rowPieces(parquetRows(parquet, field, name), field, onBlank);
    } finally {
      await parquet.close();
    }
    return;
  }
  const ending = /\.(\w+)$/.exec(unpackedName(path))?.[1].toLowerCase() ?? '';
  const content = unpacked(counted(fileBytes(path), watch.bytes), name);
  yield* byBeginning(content, (beginning, whole, bytes) => {
    const { form, notice } = formOf({ bytes: beginning, whole, name, ending, field });
    if (notice !== undefined) watch.notice(notice);
    if (form === 'text') return cutIntoPieces(decodeUtf8(bytes, name), documents);
    const rows = form === 'parquet' ? heldRows(bytes, field, name) : rowsOf(decodeUtf8(bytes, name), form, name);
    return rowPieces(rows, field, onBlank);
  });
}

async function* heldRows(bytes: AsyncIterable<Uint8Array>, field: string, name: string): AsyncGenerator<Row> {
  yield* parquetRows(await parquetInMemory(bytes, name), field, name);
}

async function* counted(bytes: AsyncIterable<Uint8Array>, tell: (size: number) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    tell(chunk.length);
    yield chunk;
  }
}
