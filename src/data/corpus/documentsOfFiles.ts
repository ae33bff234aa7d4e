import { BertrandError } from '../../error.ts';
import type { OnProgress } from '../progress.ts';
import { cutIntoPieces } from './cutIntoPieces.ts';
import { decodeUtf8 } from './decodeUtf8.ts';
import { expectPlainText } from './otherFormats.ts';
import type { DocumentMode, TextPiece } from './textPiece.ts';

interface NamedBytes {
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

const NAMED = 5;

/**
 * The documents of all files in order; blank files are skipped, with one notice.
 * Throws a BertrandError that names the file which is binary, not UTF-8 or not plain text, or if all are blank.
 */
export async function* documentsOfFiles(
  files: Iterable<NamedBytes>,
  mode: DocumentMode,
  onProgress: OnProgress = () => {},
): AsyncGenerator<TextPiece> {
  const blank: string[] = [];
  let count = 0;
  for (const { name, bytes } of files) {
    count++;
    let isBlank = true;
    for await (const piece of cutIntoPieces(decodeUtf8(expectPlainText(bytes, name), name), mode)) {
      isBlank = false;
      yield piece;
    }
    if (isBlank) blank.push(name);
  }
  if (blank.length === 0) return;
  const names = `${blank.slice(0, NAMED).join(', ')}${blank.length > NAMED ? ', ...' : ''}`;
  if (blank.length === count)
    throw new BertrandError(`data.corpus: nothing but blank space in ${names}; name files with text in them`);
  onProgress({
    notice: `${blank.length} of ${count} files ${blank.length === 1 ? 'is' : 'are'} blank and passed over: ${names}`,
  });
}
