import { statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { BertrandError, systemReason } from '../error.ts';
import type { Corpus } from './corpus/corpus.node.ts';
import type { TextPiece } from './corpus/textPiece.ts';
import { FIELD } from './dataOptions.ts';
import type { TokenizerOptions } from './dataOptions.ts';
import { sha256 } from './digest.ts';
import { readInputText } from './inputFile.node.ts';
import type { InOrder } from './parcels/inOrder.ts';
import type { OnProgress } from './progress.ts';
import { openTokenStore } from './store/openTokenStore.node.ts';
import type { TokenStore } from './store/tokenStore.ts';
import { CACHE_ADVICE, filesIn, makeCache, removeLeftovers } from './store/leftovers.node.ts';
import { storeInMemory } from './store/storeInMemory.ts';
import { UnwritableError, writeAtomically } from './store/writeAtomically.node.ts';
import { writeTokenStore } from './store/writeTokenStore.node.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';
import { trainTokenizer } from './tokenizer/trainTokenizer.ts';
import { readTokenizer } from './tokenizer/tokenizerFile.node.ts';

/** Increased when the same corpus would give another vocabulary or other ids than before. */
const VERSION = 2;

/** Without the field where it is the usual one, as it was before there were others. */
const keyOf = ({ reading: { documents, field }, files }: Corpus): unknown[] => [
  field === FIELD ? documents : [documents, field],
  files,
];

/** A file's name that changes with the corpus and with `what`. */
async function cachePath(
  folder: string,
  name: string,
  corpus: Corpus,
  what: unknown,
  extension: string,
): Promise<string> {
  const key = await sha256(JSON.stringify([VERSION, ...keyOf(corpus), what]));
  return join(folder, `${name}-${key.slice(0, 16)}.${extension}`);
}

/** The tokenizer trained on this corpus, from the cache where it is there and as it was trained: its file's name has a hash of its content. */
export async function cachedTokenizer(
  folder: string,
  corpus: Corpus,
  options: TokenizerOptions,
  onProgress: OnProgress,
): Promise<Tokenizer> {
  const path = await cachePath(
    folder,
    'tokenizer',
    corpus,
    [options.vocabSize, options.limitAlphabet ?? 'auto', options.lowercase, options.stripAccents ?? 'auto'],
    'json',
  );
  const named = async (text: string): Promise<string> =>
    path.replace(/\.json$/, `-${(await sha256(text)).slice(0, 16)}.json`);
  for (const found of existing(path)) {
    const reason = await whyUnusable(found, named);
    if (reason === undefined) return readTokenizer(found);
    onProgress({ notice: `${reason}; training it again` });
  }
  const pieces = corpus.pieces((done) => onProgress({ stage: 'counting words', done, total: corpus.bytes }));
  const tokenizer = await trainTokenizer(pieces, options, onProgress);
  const text = JSON.stringify(tokenizer.toJson());
  makeCache(folder);
  await writeAtomically(await named(text), async (file) => file.writeFile(text), CACHE_ADVICE);
  return tokenizer;
}

/** What is wrong with a tokenizer's file that has a hash of its content in its name. */
async function whyUnusable(path: string, named: (text: string) => Promise<string>): Promise<string | undefined> {
  try {
    const intact = (await named(readInputText(path))) === path;
    return intact ? undefined : `${path}: not used: it was changed after it was trained`;
  } catch (error) {
    if (error instanceof BertrandError) return error.what;
    throw error;
  }
}

/** The files of the path's folder that have its name and more. */
function existing(path: string): string[] {
  const folder = dirname(path);
  const prefix = basename(path, '.json');
  return filesIn(folder)
    .filter((name) => name.startsWith(prefix) && name.endsWith('.json'))
    .map((name) => join(folder, name));
}

/** Where encoded corpora are kept. */
export interface CacheFolders {
  /** The one that is written to and cleaned up. */
  readonly own: string;
  /** One that is only read, such as that of a run from elsewhere. If there is one, what cannot be written is kept in memory. */
  readonly foreign?: string;
}

/** The corpus's tokens, from a cache where they are there and intact. */
export async function cachedTokenStore(
  { own, foreign }: CacheFolders,
  corpus: Corpus,
  tokenizer: Tokenizer,
  onProgress: OnProgress,
  inOrder: InOrder,
): Promise<TokenStore> {
  const fingerprint = await tokenizer.fingerprint();
  const pathIn = (folder: string): Promise<string> => cachePath(folder, 'tokens', corpus, fingerprint, 'bin');
  const there = foreign === undefined ? undefined : await intactStore(await pathIn(foreign), tokenizer, onProgress);
  if (there) return there;
  removeLeftovers(own);
  const path = await pathIn(own);
  const found = await intactStore(path, tokenizer, onProgress);
  if (found) return found;
  const pieces = (): AsyncGenerator<TextPiece> =>
    corpus.pieces((done) => onProgress({ stage: 'encoding', done, total: corpus.bytes }), onProgress);
  makeCache(own);
  try {
    await writeTokenStore(path, pieces(), tokenizer, inOrder);
  } catch (error) {
    if (foreign === undefined || !(error instanceof UnwritableError)) throw error;
    return storeInMemory(pieces(), tokenizer, inOrder);
  }
  const store = await openTokenStore(path, tokenizer.vocabSize);
  if (typeof store === 'string') throw new BertrandError(`${path}: written, but ${store}; is the disk sound?`);
  return store;
}

/** The store in a file, undefined where there is none; a damaged one is reported. */
async function intactStore(
  path: string,
  { vocabSize }: Tokenizer,
  onProgress: OnProgress,
): Promise<TokenStore | undefined> {
  try {
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return undefined;
    const store = await openTokenStore(path, vocabSize);
    if (typeof store !== 'string') return store;
    onProgress({ notice: `${path}: not used: ${store}; building it again` });
  } catch (error) {
    const reason = systemReason(error);
    if (reason === undefined) throw error;
    onProgress({ notice: `${path}: not used: ${reason}; building it again` });
  }
  return undefined;
}
