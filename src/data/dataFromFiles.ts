import { assembleData } from './assembleData.ts';
import { piecesOfFile } from './corpus/piecesOfFile.ts';
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
  const pieces = (stage: 'counting words' | 'encoding'): AsyncGenerator<TextPiece> =>
    piecesOf(files, options.documents, (done) => onProgress({ stage, done, total }));
  const tokenizer =
    options.tokenizer instanceof Tokenizer
      ? options.tokenizer
      : await trainTokenizer(pieces('counting words'), options.tokenizer, onProgress);
  return assembleData(tokenizer, await storeInMemory(pieces('encoding'), tokenizer), options);
}

async function* piecesOf(
  files: readonly CorpusBlob[],
  mode: DocumentMode,
  onBytes: (done: number) => void,
): AsyncGenerator<TextPiece> {
  let done = 0;
  for (const { name, content } of files) {
    yield* piecesOfFile(chunks(content), name, mode);
    onBytes((done += content.size));
  }
}

const CHUNK = 1 << 18;

async function* chunks(content: Blob): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.size; at += CHUNK)
    yield new Uint8Array(await content.slice(at, at + CHUNK).arrayBuffer());
}
