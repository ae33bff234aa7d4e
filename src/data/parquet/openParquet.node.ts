import { open } from 'node:fs/promises';
import { STANDARD_INPUT } from '../bytes/fileBytes.node.ts';
import { signatureOf } from '../bytes/signatures.ts';
import { inspectFile, unreadable } from '../inputFile.node.ts';
import type { ParquetSource } from './parquetSource.ts';

interface OpenParquet extends ParquetSource {
  close(): Promise<void>;
}

/**
 * Opens a file if it is a Parquet table that is not packed; undefined for all others.
 * @param onBytes is told how many bytes were read, each time
 */
export async function openParquet(path: string, onBytes: (size: number) => void): Promise<OpenParquet | undefined> {
  if (path === STANDARD_INPUT) return undefined;
  const { size } = inspectFile(path);
  try {
    const file = await open(path, 'r');
    const read = async (start: number, end: number): Promise<Uint8Array<ArrayBuffer>> => {
      const bytes = new Uint8Array(end - start);
      for (let at = 0; at < bytes.length;) {
        const { bytesRead } = await file.read(bytes, at, bytes.length - at, start + at);
        if (bytesRead === 0) throw new RangeError('it has become shorter');
        at += bytesRead;
      }
      onBytes(bytes.length);
      return bytes;
    };
    const beginning = new Uint8Array(8);
    await file.read(beginning, 0, beginning.length, 0);
    if (signatureOf(beginning) === 'parquet') return { size, read, close: () => file.close() };
    await file.close();
    return undefined;
  } catch (error) {
    throw unreadable(path, error);
  }
}
