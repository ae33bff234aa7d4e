import { resolve } from 'node:path';
import { BertrandError } from '../error.ts';
import type { Batches } from './batches/batch.ts';
import { Baseline } from './baseline.ts';
import type { CacheFolders } from './cache.node.ts';
import { cachedTokenStore } from './cache.node.ts';
import { Corpus } from './corpus/corpus.node.ts';
import { readingOf } from './dataOptions.ts';
import type { DataOptions } from './dataOptions.ts';
import { onThreads } from './parcels/threads.node.ts';
import type { OnProgress } from './progress.ts';
import { noticeUnknown } from './textNotices.ts';
import { documentSequences, packedSequences } from './batches/tokenSequences.ts';
import { allDocuments } from './batches/documentParts.ts';
import { storeInMemory } from './store/storeInMemory.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';
import { validationBatches } from './batches/validationBatches.ts';

/** Text to evaluate on, as a whole and with frozen masks. */
export interface EvaluationData {
  readonly batches: Batches;
  /** Of the text itself: the best that can be done without context. */
  readonly baseline: Baseline;
  close(): Promise<void>;
}

/** Opens files to evaluate on, with the tokenizer of a trained model. Relative paths count from `folder`. */
export async function openEvaluation(
  tokenizer: Tokenizer,
  options: DataOptions,
  onProgress: OnProgress = () => {},
  folder: string = process.cwd(),
  cache: CacheFolders = { own: resolve(folder, options.cache) },
): Promise<EvaluationData> {
  const corpus = new Corpus(options.corpus, readingOf(options), folder, { key: '--corpus' });
  const inOrder = onThreads(options.threads ?? 1);
  const store = corpus.once
    ? await storeInMemory(corpus.pieces(undefined, onProgress), tokenizer, inOrder)
    : await cachedTokenStore(cache, corpus, tokenizer, onProgress, inOrder);
  const sequences = (options.packing ? packedSequences : documentSequences)(
    store,
    allDocuments(store.offsets),
    tokenizer,
    options.sequenceLength,
  );
  try {
    if (sequences.count === 0)
      throw new BertrandError(
        `--corpus ${options.corpus.join(' ')}: too small: ${store.tokens} tokens do not fill a sequence of ${options.sequenceLength}`,
        { advice: 'add text' },
      );
    noticeUnknown(store, tokenizer, onProgress);
  } catch (error) {
    await store.close();
    throw error;
  }
  return {
    batches: validationBatches(sequences, tokenizer, options),
    baseline: new Baseline(
      store.counts.map((count, id) => (tokenizer.isSpecial(id) ? 0 : count)),
      options.masking,
      tokenizer,
    ),
    close: () => store.close(),
  };
}
