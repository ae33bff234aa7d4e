import type { BatchOptions } from './dataOptions.ts';
import { Baseline } from './baseline.ts';
import type { DocumentParts } from './batches/documentParts.ts';
import { duplicatesOf } from './batches/duplicates.ts';
import { checkSizes } from './checkSizes.ts';
import type { OpenedData } from './openedData.ts';
import type { OnProgress } from './progress.ts';
import { documentSequences, packedSequences } from './batches/tokenSequences.ts';
import type { TokenSequences } from './batches/tokenSequences.ts';
import { splitDocuments } from './batches/splitDocuments.ts';
import type { TokenStore } from './store/tokenStore.ts';
import { noticeDuplicates, noticeUnknown } from './textNotices.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';
import { trainBatches } from './batches/trainBatches.ts';
import { validationBatches } from './batches/validationBatches.ts';

/**
 * Split, sequences, masks and batches over a store. What validation shares with training is left out of it, unless
 * nothing would be left. Throws a BertrandError that says how many tokens are needed if there are too few.
 */
export async function assembleData(
  tokenizer: Tokenizer,
  store: TokenStore,
  options: BatchOptions,
  onProgress: OnProgress,
): Promise<OpenedData> {
  noticeUnknown(store, tokenizer, onProgress);
  const whole = splitDocuments(store.offsets, options.validation, options.seed);
  const sequencesOf = (parts: DocumentParts): TokenSequences =>
    (options.packing ? packedSequences : documentSequences)(store, parts, tokenizer, options.sequenceLength);
  const duplicates = await duplicatesOf(store, whole);
  const kept = sequencesOf(duplicates.rest).count === 0;
  noticeDuplicates(duplicates, whole.validation.tokens, kept, onProgress);
  const split = kept ? whole : { train: whole.train, validation: duplicates.rest };
  const train = sequencesOf(split.train);
  const validation = sequencesOf(split.validation);
  checkSizes(split, train, validation, options);
  return {
    tokenizer,
    train: trainBatches(train, tokenizer, options),
    validation: validationBatches(validation, tokenizer, options),
    baseline: new Baseline(await trainCounts(store, whole.validation, tokenizer), options.masking, tokenizer),
    statistics: {
      documents: store.offsets.length - 1,
      tokens: store.tokens,
      trainTokens: split.train.tokens,
      validationTokens: split.validation.tokens,
      unknownTokens: store.counts[tokenizer.unknownId],
    },
    fingerprint: () => store.fingerprint(),
    close: () => store.close(),
  };
}

const CHUNK = 1 << 16;

/** How often each ordinary id occurs in training: the total minus validation, which is the smaller part to read. */
async function trainCounts(store: TokenStore, validation: DocumentParts, tokenizer: Tokenizer): Promise<Float64Array> {
  const counts = store.counts.slice();
  for (const [part, start] of validation.starts.entries())
    for (let at = start; at < validation.ends[part]; at += CHUNK)
      for (const id of await store.read(at, Math.min(at + CHUNK, validation.ends[part]))) counts[id]--;
  return counts.map((count, id) => (tokenizer.isSpecial(id) ? 0 : count));
}
