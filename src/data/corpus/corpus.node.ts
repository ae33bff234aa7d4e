import { createReadStream } from 'node:fs';
import { inspectFile, unreadable } from '../inputFile.node.ts';
import type { OnProgress } from '../progress.ts';
import { documentsOfFiles } from './documentsOfFiles.ts';
import { findFiles } from './findFiles.node.ts';
import type { DocumentMode, TextPiece } from './textPiece.ts';

const CHUNK = 1 << 18;

export interface CorpusFile {
  readonly path: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** Text files read as a stream: memory use does not depend on their sizes. */
export class Corpus {
  readonly files: readonly CorpusFile[];
  readonly mode: DocumentMode;
  readonly bytes: number;

  /** Throws a BertrandError naming the pattern or file that is missing or unreadable. */
  constructor(patterns: readonly string[], mode: DocumentMode, folder: string) {
    this.files = findFiles(patterns, folder).map(inspect);
    this.mode = mode;
    this.bytes = this.files.reduce((sum, file) => sum + file.size, 0);
  }

  /** All documents in order, with blank files skipped and a notice about them. Throws a BertrandError naming the file that is unreadable or no plain text. */
  pieces(onBytes: (done: number) => void = () => {}, onProgress?: OnProgress): AsyncGenerator<TextPiece> {
    let done = 0;
    const files = this.files.map(({ path }) => ({
      name: path,
      bytes: readBytes(path, (size) => onBytes((done += size))),
    }));
    return documentsOfFiles(files, this.mode, onProgress);
  }
}

function inspect(path: string): CorpusFile {
  const { size, mtimeMs } = inspectFile(path);
  return { path, size, modified: mtimeMs };
}

async function* readBytes(path: string, onBytes: (size: number) => void): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) {
      onBytes((chunk as Uint8Array).length);
      yield chunk as Uint8Array;
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}
