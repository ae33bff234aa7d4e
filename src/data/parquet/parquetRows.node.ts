import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import type { ColumnMetaData, FileMetaData } from 'hyparquet';
import { BertrandError, systemReason } from '../../error.ts';
import { concatenated } from '../bytes/concatenated.ts';
import { expectTextGrowth } from '../bytes/growth.ts';
import { noField } from '../labelled/row.ts';
import type { Row } from '../labelled/row.ts';
import { codecs } from './codecs.node.ts';
import { pagesOf } from './pages.ts';
import type { ParquetSource } from './parquetSource.ts';
import { readStruct } from './thrift.ts';

/** Bytes of the table of contents. */
const MOST_CONTENTS = 1 << 24;
/** The length of the table of contents, and PAR1. */
const FOOTER = 8;

/**
 * The rows of a Parquet table with one of its columns: no more than a page is held, however large a group of rows is.
 * @param name of the file in messages
 * @throws BertrandError where it has no such column of texts, is damaged or is packed as is not read here
 */
export async function* parquetRows(source: ParquetSource, column: string, name: string): AsyncGenerator<Row> {
  const contents = await explained(() => contentsOf(source), `${name}: its table of contents cannot be read`);
  expectTexts(contents, column, name);
  let row = 0;
  let given = 0;
  for (const [i, { columns }] of contents.row_groups.entries()) {
    const place = `${name}: group ${i + 1} of ${contents.row_groups.length} of its rows cannot be read`;
    const chunk = columns.find(({ meta_data: meta }) => String(meta?.path_in_schema) === column)?.meta_data;
    if (!chunk) throw damaged(place, `it has no ${column}`);
    expectCodec(chunk, name);
    const values = valuesOf(source, contents, chunk);
    for (;;) {
      const { value, done } = await explained(() => values.next(), place);
      if (done === true) break;
      for (const text of value) {
        row += 1;
        given += typeof text === 'string' ? text.length : 0;
        yield { where: `${name}: row ${row}`, line: row, fields: { [column]: text } };
      }
      expectTextGrowth(given, source.size, name, 'write it unpacked');
    }
  }
}

/** The names of the columns of texts. Throws a BertrandError where there is no table. */
export async function textColumns(source: ParquetSource, name: string): Promise<string[]> {
  const contents = await explained(() => contentsOf(source), `${name}: its table of contents cannot be read`);
  return topLevel(contents.schema).flatMap((column) => (isTexts(column) ? [column.name] : []));
}

const isTexts = ({ type, repetition_type: repetition }: FileMetaData['schema'][number]): boolean =>
  type === 'BYTE_ARRAY' && repetition !== 'REPEATED';

/** The table of contents. */
async function contentsOf(source: ParquetSource): Promise<FileMetaData> {
  const footer = await source.read(Math.max(0, source.size - FOOTER), source.size);
  const length = new DataView(footer.buffer).getUint32(0, true);
  if (new TextDecoder().decode(footer.subarray(4)) !== 'PAR1') throw new RangeError('the file is cut short');
  const start = source.size - FOOTER - length;
  if (start < 0 || length > MOST_CONTENTS) throw new RangeError(`it would have ${length} bytes`);
  const bytes = await source.read(start, source.size);
  readStruct(bytes.subarray(0, length), 0); // so that what decodes it ends
  return parquetMetadata(bytes.buffer, { geoparquet: false }); // which would trust its numbers
}

/** The texts of a column in a group of rows, a page at a time, decoded as if each were a table of its own. */
async function* valuesOf(
  source: ParquetSource,
  contents: FileMetaData,
  chunk: ColumnMetaData,
): AsyncGenerator<readonly unknown[]> {
  const first = Number(chunk.dictionary_page_offset || chunk.data_page_offset);
  const start = Math.min(first, Number(chunk.data_page_offset));
  const end = start + Number(chunk.total_compressed_size);
  if (!(start >= 4 && end <= source.size)) throw new RangeError('it would lie outside of the file');
  let dictionary = new Uint8Array(0);
  for await (const { kind, values, bytes } of pagesOf(source, start, end)) {
    if (kind === 'dictionary') {
      dictionary = bytes;
      continue;
    }
    yield await textsIn(bytes, dictionary, values, contents, chunk);
  }
}

/** Where pages begin in a table that holds nothing else: 0 would mean that there is no dictionary. */
const HEAD = new Uint8Array(4);

async function textsIn(
  page: Uint8Array,
  dictionary: Uint8Array,
  values: number,
  contents: FileMetaData,
  { type, encodings, path_in_schema, codec }: ColumnMetaData,
): Promise<unknown[]> {
  const { buffer, length } = concatenated([HEAD, dictionary, page]);
  const meta_data: ColumnMetaData = {
    type,
    encodings,
    path_in_schema,
    codec,
    num_values: BigInt(values),
    total_uncompressed_size: 0n,
    total_compressed_size: BigInt(length - HEAD.length),
    data_page_offset: BigInt(HEAD.length + dictionary.length),
    ...(dictionary.length > 0 && { dictionary_page_offset: BigInt(HEAD.length) }),
  };
  const group = { columns: [{ file_offset: 0n, meta_data }], total_byte_size: 0n, num_rows: BigInt(values) };
  const metadata = { ...contents, num_rows: BigInt(values), row_groups: [group] };
  const file = { byteLength: length, slice: (start: number, end?: number) => buffer.slice(start, end) };
  const rows = await parquetReadObjects({ file, metadata, compressors: codecs, parsers, geoparquet: false });
  return rows.map((row) => row[path_in_schema[0]]);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const parsers = {
  stringFromBytes(bytes: Uint8Array | undefined): string | undefined {
    try {
      return bytes && utf8.decode(bytes);
    } catch {
      throw new RangeError('a text is not UTF-8');
    }
  },
};

function expectTexts({ schema }: FileMetaData, column: string, name: string): void {
  const columns = topLevel(schema);
  const found = columns.find((one) => one.name === column);
  if (!found)
    throw noField(
      name,
      column,
      columns.map((one): unknown => one.name).filter((one) => typeof one === 'string'),
    );
  if (!isTexts(found))
    throw new BertrandError(
      `${name}: ${column}: found a column of ${found.type ?? 'lists or records'}; expected texts`,
      {
        advice: 'name the column of the texts in data.field',
      },
    );
}

/** The columns, and what is no column but has some below it. */
function topLevel(schema: FileMetaData['schema']): FileMetaData['schema'] {
  const columns: FileMetaData['schema'] = [];
  for (let at = 1; at < schema.length; at++) {
    columns.push(schema[at]);
    for (let below = schema[at].num_children ?? 0; below > 0 && at + 1 < schema.length; below--)
      below += schema[++at].num_children ?? 0;
  }
  return columns;
}

function expectCodec({ codec }: ColumnMetaData, name: string): void {
  if (codec === 'UNCOMPRESSED' || codecs[codec]) return;
  throw new BertrandError(`${name}: its columns are packed with ${codec}, which is not read here`, {
    advice:
      codec === 'ZSTD' ? 'use Node 22.15 or later, or write it with Snappy' : 'write it with Snappy, gzip or zstd',
  });
}

const damaged = (place: string, reason: string): BertrandError =>
  new BertrandError(`${place}: ${reason}`, { advice: 'fetch or write it again' });

/** Whatever a damaged table makes of its decoder becomes one message. */
async function explained<T>(work: () => Promise<T>, place: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BertrandError || systemReason(error) !== undefined) throw error;
    // its decoder trips over what makes no sense
    const known = error instanceof Error && !(error instanceof TypeError);
    throw damaged(place, known ? error.message.slice(0, 200) : 'what it says of itself makes no sense');
  }
}
