import { BertrandError } from '../../error.ts';
import { concatenated } from '../bytes/concatenated.ts';

/** A Parquet file, which is read here and there. */
export interface ParquetSource {
  readonly size: number;
  /** The bytes [start, end), which are in it. */
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** The most bytes of one that comes as a stream, packed or by the standard input, and has to be held. */
const MOST_HELD = 2 ** 28;

/** One that comes as a stream. Throws a BertrandError when it is too large to be held. */
export async function parquetInMemory(bytes: AsyncIterable<Uint8Array>, name: string): Promise<ParquetSource> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of bytes) {
    parts.push(part);
    size += part.length;
    if (size > MOST_HELD)
      throw new BertrandError(`${name}: a packed Parquet table of more than ${MOST_HELD / 2 ** 20} MiB`, {
        advice: 'unpack it first, or write it to a file',
      });
  }
  const all = concatenated(parts);
  return { size, read: (start, end) => Promise.resolve(all.slice(start, end)) };
}
