import { assembleData } from './assembleData.ts';
import { bytesOfBlob } from './bytes/bytesOfBlob.ts';
import { decodeUtf8 } from './bytes/decodeUtf8.ts';
import { cutIntoPieces } from './corpus/cutIntoPieces.ts';
import { documentsOfFiles } from './corpus/documentsOfFiles.ts';
import { expectPlainText } from './corpus/otherFormats.ts';
import type { DocumentMode, TextPiece } from './corpus/textPiece.ts';
import type { BatchOptions, TokenizerOptions } from './dataOptions.ts';
import type { OpenedData } from './openedData.ts';
import type { OnProgress } from './progress.ts';
import { storeInMemory } from './store/storeInMemory.ts';
import { Tokenizer } from './tokenizer/tokenizer.ts';
import { trainTokenizer } from './tokenizer/trainTokenizer.ts';

/** A file that is not on a disk that can be read: from a browser, or in memory. */
export interface CorpusBlob {
  readonly name: string;
  readonly content: Blob;
}

interface BlobOptions extends BatchOptions {
  readonly documents: DocumentMode;
  /** A trained one, or what to train. */
  readonly tokenizer: TokenizerOptions | Tokenizer;
}

/**
 * Data from files in memory or from a browser: the same as `openData` makes of the same files.
 * Throws a BertrandError that names the file or the option at fault.
 */
export async function dataFromFiles(
  files: readonly CorpusBlob[],
  options: BlobOptions,
  onProgress: OnProgress = () => {},
): Promise<OpenedData> {
  const total = files.reduce((sum, { content }) => sum + content.size, 0);
  const pieces = (stage: 'counting words' | 'encoding', onNotice?: OnProgress): AsyncGenerator<TextPiece> => {
    let done = 0;
    const onBytes = (size: number): void => onProgress({ stage, done: (done += size), total });
    const piecesOf = ({ name, content }: CorpusBlob): AsyncGenerator<TextPiece> =>
      cutIntoPieces(decodeUtf8(expectPlainText(bytesOfBlob(content, onBytes), name), name), options.documents);
    const named = files.map((file) => ({ name: file.name, pieces: piecesOf(file) }));
    return documentsOfFiles(named, onNotice);
  };
  const tokenizer =
    options.tokenizer instanceof Tokenizer
      ? options.tokenizer
      : await trainTokenizer(pieces('counting words'), options.tokenizer, onProgress);
  const store = await storeInMemory(pieces('encoding', onProgress), tokenizer);
  return assembleData(tokenizer, store, options, onProgress);
}
