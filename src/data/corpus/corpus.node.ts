import { BertrandError } from '../../error.ts';
import { nameOf, STANDARD_INPUT } from '../bytes/fileBytes.node.ts';
import { inspectFile } from '../inputFile.node.ts';
import type { OnProgress } from '../progress.ts';
import { corpusFile } from './corpusFile.node.ts';
import type { Reading } from './corpusFile.node.ts';
import { documentsOfFiles } from './documentsOfFiles.ts';
import { findFiles } from './findFiles.node.ts';
import type { TextPiece } from './textPiece.ts';

export interface CorpusFile {
  readonly path: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

interface Choice {
  /** The key of the config that has the patterns. */
  readonly key?: string;
  /** Paths that are left out. */
  readonly without?: ReadonlySet<string>;
}

/** Notices on files, beyond which they are only counted. */
const MOST_NOTICES = 5;

/** Files of texts read as a stream: memory use does not depend on their sizes. */
export class Corpus {
  readonly files: readonly CorpusFile[];
  readonly reading: Reading;
  readonly bytes: number;
  /** Whether it is the standard input, which can be read but once. */
  readonly once: boolean;

  /**
   * @param patterns as in data.corpus, or `-` alone for the standard input
   * @throws BertrandError naming the pattern or file that is missing or unreadable
   */
  constructor(
    patterns: readonly string[],
    reading: Reading,
    folder: string,
    { key = 'data.corpus', without }: Choice = {},
  ) {
    this.once = patterns.includes(STANDARD_INPUT);
    if (this.once && patterns.length > 1)
      throw new BertrandError(`${key}: found - among others; expected the standard input by itself, or files`);
    this.files = this.once
      ? [{ path: STANDARD_INPUT, size: 0, modified: 0 }]
      : findFiles(patterns, folder, key)
          .filter((path) => !without?.has(path))
          .map(inspect);
    if (this.files.length === 0)
      throw new BertrandError(`${key}: "${patterns[0]}" matches only files that patterns before it match`, {
        advice: 'give each pattern files of its own',
      });
    this.reading = reading;
    this.bytes = this.files.reduce((sum, file) => sum + file.size, 0);
  }

  /** All documents in order, with blank files skipped and a notice about them. Throws a BertrandError naming the file that is unreadable or not what it seems to be. */
  async *pieces(
    onBytes: (done: number) => void = () => {},
    onProgress: OnProgress = () => {},
  ): AsyncGenerator<TextPiece> {
    let done = 0;
    let notices = 0;
    const watch = {
      bytes: (size: number) => onBytes((done += size)),
      notice: (notice: string) => notices++ < MOST_NOTICES && onProgress({ notice }),
    };
    const files = this.files.map(({ path }) => ({ name: nameOf(path), pieces: corpusFile(path, this.reading, watch) }));
    yield* documentsOfFiles(files, onProgress);
    if (notices > MOST_NOTICES) onProgress({ notice: `${notices - MOST_NOTICES} more files with such notices` });
  }
}

function inspect(path: string): CorpusFile {
  const { size, mtimeMs } = inspectFile(path);
  return { path, size, modified: mtimeMs };
}
