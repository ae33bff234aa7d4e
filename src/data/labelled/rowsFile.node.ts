import { readFile, stat } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { BertrandError } from '../../error.ts';
import type { Row, RowFormat } from './row.ts';
import { formatOf, rowsOf } from './rowsOf.ts';

/** Bytes: a text of more is longer than any string can be. */
const LARGEST = 2 ** 29 - 2 ** 10;

/**
 * The rows of a file or, for `-`, of the standard input.
 * @param format what its name says, if left out; of the standard input JSONL if it begins with `{`, otherwise plain lines
 * @throws BertrandError when it cannot be read, is no UTF-8 or not of its format
 */
export async function readRows(path: string, format?: RowFormat): Promise<Row[]> {
  const name = path === '-' ? 'standard input' : path;
  const text = decoded(await bytesOf(path, name), name);
  return rowsOf(text, format ?? (path === '-' ? sniffed(text) : formatOf(path)), name);
}

const sniffed = (text: string): RowFormat => (/^\s*\{/.test(text) ? 'jsonl' : 'lines');

async function bytesOf(path: string, name: string): Promise<Uint8Array> {
  try {
    if (path !== '-' && (await stat(path)).size > LARGEST)
      throw new BertrandError(`${name}: it has more than ${LARGEST / 2 ** 20} MiB`, { advice: 'split it' });
    return await (path === '-' ? buffer(process.stdin) : readFile(path));
  } catch (error) {
    if (error instanceof BertrandError) throw error;
    throw new BertrandError(`${name}: cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function decoded(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const valid = new TextDecoder().decode(bytes).split('\uFFFD')[0];
    const line = valid.split('\n').length;
    throw new BertrandError(`${name}:${line}: found bytes that are not UTF-8; save the file as UTF-8`, {
      cause: error,
    });
  }
}
