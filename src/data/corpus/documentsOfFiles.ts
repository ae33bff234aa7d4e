import { BertrandError } from '../../error.ts';
import type { OnProgress } from '../progress.ts';
import type { TextPiece } from './textPiece.ts';

interface NamedPieces {
  readonly name: string;
  readonly pieces: AsyncIterable<TextPiece>;
}

const NAMED = 5;

/**
 * The documents of all files in order; blank files are skipped, with one notice.
 * Throws a BertrandError if all are blank.
 */
export async function* documentsOfFiles(
  files: Iterable<NamedPieces>,
  onProgress: OnProgress = () => {},
): AsyncGenerator<TextPiece> {
  const blank: string[] = [];
  let count = 0;
  for (const { name, pieces } of files) {
    count++;
    let isBlank = true;
    for await (const piece of pieces) {
      isBlank = false;
      yield piece;
    }
    if (isBlank) blank.push(name);
  }
  if (blank.length === 0) return;
  const names = `${blank.slice(0, NAMED).join(', ')}${blank.length > NAMED ? ', ...' : ''}`;
  if (blank.length === count)
    throw new BertrandError(`nothing but blank space in ${names}; name files with text in them`);
  onProgress({
    notice: `${blank.length} of ${count} files ${blank.length === 1 ? 'is' : 'are'} blank and passed over: ${names}`,
  });
}
