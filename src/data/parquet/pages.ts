import type { ParquetSource } from './parquetSource.ts';
import { readStruct } from './thrift.ts';

/** A page of a column: its header and what is behind it. */
export interface Page {
  readonly kind: 'data' | 'dictionary';
  /** Values in it, empty ones too. */
  readonly values: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Bytes in which a page's header must end: it may hold the least and the greatest text of the page. */
const LONGEST_HEADER = 1 << 20;
/** Bytes of a page, unpacked: those who write them aim at one MiB. */
const LARGEST_PAGE = 1 << 28;
const FIRST_LOOK = 1 << 12;

/** Kinds of pages by Parquet's numbers, and the field of the header that says how many values there are. */
const KINDS = new Map([
  [0, { kind: 'data', field: 5 }],
  [2, { kind: 'dictionary', field: 7 }],
  [3, { kind: 'data', field: 8 }],
] as const);

/**
 * The pages of a column, one at a time. Throws a RangeError where there is none, or it is of impossible size.
 * @param start of the first one
 * @param end of the last one
 */
export async function* pagesOf(source: ParquetSource, start: number, end: number): AsyncGenerator<Page> {
  for (let at = start; at < end;) {
    const header = await headerAt(source, at, end);
    const [type, unpacked = -1, packed = -1] = [1, 2, 3].map((field) => header.numbers.get(field));
    const found = KINDS.get(type as 0 | 2 | 3);
    const length = header.end + packed;
    if (packed < 0 || unpacked < 0 || unpacked > LARGEST_PAGE || length > end - at)
      throw new RangeError(`a page at byte ${at} of ${packed} bytes, ${unpacked} unpacked`);
    if (found) {
      const values = header.structs.get(found.field)?.numbers.get(1) ?? -1;
      // a value takes at least a bit, or is one of a run
      if (values < 0 || values > MOST_VALUES) throw new RangeError(`a page at byte ${at} of ${values} values`);
      yield { kind: found.kind, values, bytes: await source.read(at, at + length) };
    }
    at += length;
  }
}

const MOST_VALUES = 1 << 22;

async function headerAt(source: ParquetSource, at: number, end: number) {
  for (let size = FIRST_LOOK; ; size *= 16) {
    const bytes = await source.read(at, Math.min(end, at + size));
    try {
      return readStruct(bytes, 0);
    } catch (error) {
      if (size >= LONGEST_HEADER || at + size >= end) throw error;
    }
  }
}
