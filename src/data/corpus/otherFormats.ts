import { BertrandError } from '../../error.ts';
import { byBeginning } from '../bytes/byBeginning.ts';
import { signatureOf } from '../bytes/signatures.ts';
import type { Signature } from '../bytes/signatures.ts';
import { looksLikeJson, looksLikeTable } from './looks.ts';

/** What files are that begin as no text does, and what to do about them where they are not read. */
export const OTHERS: Readonly<Record<Signature, readonly [what: string, advice: string]>> = {
  gzip: ['compressed with gzip', 'unpack it first: gunzip'],
  zstd: ['compressed with zstd', 'unpack it first: unzstd'],
  xz: ['compressed with xz', 'unpack it first: unxz'],
  bzip2: ['compressed with bzip2', 'unpack it first: bunzip2'],
  zip: ['a zip archive', 'unpack it first: unzip'],
  parquet: ['a Parquet table', 'write its text column to a text file first'],
  pdf: ['a PDF', 'turn it into text first: pdftotext'],
};

/** Passes a file's bytes through. Throws a BertrandError that names it if it is compressed, JSON or a table rather than prose. */
export function expectPlainText(bytes: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  return byBeginning(bytes, (beginning, whole, all) => {
    refuse(beginning, name, whole);
    return all;
  });
}

function refuse(beginning: Uint8Array, name: string, whole: boolean): void {
  const fail = (what: string, advice: string): never => {
    throw new BertrandError(`${name}: ${what}; expected plain text in UTF-8; ${advice}`);
  };
  const signature = signatureOf(beginning);
  if (signature) fail(...OTHERS[signature]);
  const text = new TextDecoder().decode(beginning);
  if (looksLikeJson(text)) fail('JSON', 'write the texts in it to a text file first');
  const table = /\.(csv|tsv)$/i.test(name) || looksLikeTable(text, whole) !== undefined;
  if (table) fail('a table (CSV or TSV)', 'write its text column to a text file first');
}
