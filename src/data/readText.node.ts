import { readFileSync, statSync } from 'node:fs';
import { BertrandError } from '../error.ts';

/** Bytes of the longest text that is read whole; a tokenizer.json of half a million tokens has a tenth of them. */
const LONGEST_TEXT = 2 ** 28;

/** The text of a file, which may be a stranger's. Throws a BertrandError that says why not: a pipe, say, could be waited for for ever. */
export function readText(path: string): string {
  try {
    const info = statSync(path);
    if (!info.isFile()) throw new Error(info.isDirectory() ? 'it is a folder' : 'it is a device or a pipe, not a file');
    if (info.size > LONGEST_TEXT)
      throw new Error(`it has ${info.size.toLocaleString('en')} bytes, more than any file of its kind`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new BertrandError(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
