import { resolve } from 'node:path';
import { assembleData } from './assembleData.ts';
import type { CacheFolders } from './cache.node.ts';
import { cachedTokenizer, cachedTokenStore } from './cache.node.ts';
import { Corpus } from './corpus/corpus.node.ts';
import { isTrained } from './dataOptions.ts';
import type { DataOptions } from './dataOptions.ts';
import type { OpenedData } from './openedData.ts';
import type { OnProgress } from './progress.ts';
import { openTokenizer } from './tokenizer/tokenizerFile.node.ts';

/**
 * Data from files, for Node: finds the corpus, trains or reads the tokenizer, encodes once into the cache, and gives
 * batches. Relative paths count from `folder`, in which the cache is as well unless others are given. Throws a BertrandError that names the file or the option at fault.
 */
export async function openData(
  options: DataOptions,
  onProgress: OnProgress = () => {},
  folder: string = process.cwd(),
  cache: CacheFolders = { own: resolve(folder, options.cache) },
): Promise<OpenedData> {
  const corpus = new Corpus(options.corpus, options.documents, folder);
  const tokenizer = isTrained(options.tokenizer)
    ? await cachedTokenizer(cache.own, corpus, options.tokenizer, onProgress)
    : openTokenizer(options.tokenizer, folder);
  const store = await cachedTokenStore(cache, corpus, tokenizer, onProgress);
  try {
    return await assembleData(tokenizer, store, options, onProgress);
  } catch (error) {
    await store.close();
    throw error;
  }
}
