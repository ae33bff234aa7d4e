import { resolve } from 'node:path';
import { BertrandError } from '../error.ts';
import { assembleSources } from './assembleData.ts';
import type { CacheFolders } from './cache.node.ts';
import { cachedTokenizer, cachedTokenStore } from './cache.node.ts';
import { Corpus } from './corpus/corpus.node.ts';
import { corporaOf } from './corpus/corporaOf.node.ts';
import { isTrained, readingOf } from './dataOptions.ts';
import type { DataOptions } from './dataOptions.ts';
import { closeSources } from './mixture.ts';
import type { WeightedStore } from './mixture.ts';
import type { OpenedData } from './openedData.ts';
import { onThreads } from './parcels/threads.node.ts';
import type { OnProgress } from './progress.ts';
import type { TokenStore } from './store/tokenStore.ts';
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
  const reading = readingOf(options);
  const { corpus: patterns, weights = [], validationCorpus = [] } = options;
  const corpus = new Corpus(patterns, reading, folder);
  if (corpus.once)
    throw new BertrandError(
      'data.corpus: - is the standard input, which is read once; a run reads its text again when it goes on',
      {
        advice: 'write it to a file first: cat > corpus.txt',
      },
    );
  const parts = weights.length > 0 ? corporaOf(patterns, reading, folder) : [corpus];
  const held =
    validationCorpus.length > 0
      ? new Corpus(validationCorpus, reading, folder, { key: 'data.validationCorpus' })
      : undefined;
  const tokenizer = given ?? (await tokenizerOf(options, corpus, onProgress, folder, cache));
  const inOrder = onThreads(options.threads ?? 1);
  const open = (one: Corpus): Promise<TokenStore> => cachedTokenStore(cache, one, tokenizer, onProgress, inOrder);
  const sources: { train: WeightedStore[]; validation?: TokenStore } = { train: [] };
  try {
    for (const [i, part] of parts.entries()) sources.train.push({ store: await open(part), weight: weights[i] ?? 1 });
    if (held) sources.validation = await open(held);
    return await assembleSources(tokenizer, sources, options, onProgress);
  } catch (error) {
    await closeSources(sources);
    throw error;
  }
}

/** The tokenizer alone: trained on the corpus, or read. */
export async function openCorpusTokenizer(
  options: DataOptions,
  onProgress: OnProgress,
  folder: string,
): Promise<Tokenizer> {
  const corpus = new Corpus(options.corpus, readingOf(options), folder);
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
