import { resolve } from 'node:path';
import { assembleData } from './assembleData.ts';
import type { CacheFolders } from './cache.node.ts';
import { cachedTokenizer, cachedTokenStore } from './cache.node.ts';
import { Corpus } from './corpus/corpus.node.ts';
import { isTrained } from './dataOptions.ts';
import type { DataOptions } from './dataOptions.ts';
import type { OpenedData } from './openedData.ts';
import type { OnProgress } from './progress.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';
import { openTokenizer } from './tokenizer/tokenizerFile.node.ts';

/**
 * Data from files, for Node: finds the corpus, trains or reads the tokenizer, encodes once into the cache, and gives
 * batches. Relative paths count from `folder`, in which the cache is as well unless others are given. Throws a BertrandError that names the file or the option at fault.
 * @param given the tokenizer, if it is there already
 */
export async function openData(
  options: DataOptions,
  onProgress: OnProgress = () => {},
  folder: string = process.cwd(),
  cache: CacheFolders = { own: resolve(folder, options.cache) },
  given?: Tokenizer,
): Promise<OpenedData> {
  const corpus = new Corpus(options.corpus, options.documents, folder);
  const tokenizer = given ?? (await tokenizerOf(options, corpus, onProgress, folder, cache));
  const store = await cachedTokenStore(cache, corpus, tokenizer, onProgress);
  try {
    return await assembleData(tokenizer, store, options, onProgress);
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The tokenizer alone: trained on the corpus, or read. */
export async function openCorpusTokenizer(
  options: DataOptions,
  onProgress: OnProgress,
  folder: string,
): Promise<Tokenizer> {
  const corpus = new Corpus(options.corpus, options.documents, folder);
  return tokenizerOf(options, corpus, onProgress, folder, { own: resolve(folder, options.cache) });
}

async function tokenizerOf(
  { tokenizer }: DataOptions,
  corpus: Corpus,
  onProgress: OnProgress,
  folder: string,
  { own }: CacheFolders,
): Promise<Tokenizer> {
  return isTrained(tokenizer) ? cachedTokenizer(own, corpus, tokenizer, onProgress) : openTokenizer(tokenizer, folder);
}
