import { BertrandError } from '../../error.ts';
import { Corpus } from '../corpus/corpus.node.ts';
import type { Reading } from '../corpus/corpusFile.node.ts';
import { FIELD } from '../dataOptions.ts';
import { likelyDocuments, likelyField } from './likelyReading.node.ts';

/** What somebody's files hold. */
export interface Survey {
  readonly files: number;
  readonly bytes: number;
  /** How they are likely meant. */
  readonly reading: Reading;
  readonly documents: number;
  readonly words: number;
  /** Whether all was read; otherwise the numbers are estimated from the beginning. */
  readonly counted: boolean;
}

/** Characters that are read. */
const LOOKED_AT = 1 << 25;
const WORD = /[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]/gu;

/** Looks at up to 32 Mi characters of files. Throws a BertrandError as a corpus of them does. */
export async function surveyFiles(patterns: readonly string[], folder: string): Promise<Survey> {
  const choice = { key: 'files' };
  const { files, bytes, once } = new Corpus(patterns, { documents: 'file', field: FIELD }, folder, choice);
  if (once) throw new BertrandError('files: - is the standard input, which is read once', { advice: 'name files' });
  const reading = {
    documents: files.length > 1 ? ('file' as const) : await likelyDocuments(files[0].path),
    field: await likelyField(files[0].path),
  };
  let [read, characters, documents, words] = [0, 0, 0, 0];
  let counted = true;
  for await (const { text, ends } of new Corpus(patterns, reading, folder, choice).pieces((done) => (read = done))) {
    characters += text.length;
    words += text.match(WORD)?.length ?? 0;
    if (ends) documents += 1;
    if (characters < LOOKED_AT) continue;
    counted = false;
    break;
  }
  const all = counted || read === 0 ? 1 : bytes / read;
  return {
    files: files.length,
    bytes,
    reading,
    documents: Math.round(documents * all),
    words: Math.round(words * all),
    counted,
  };
}
