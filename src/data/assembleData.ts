import type { BatchOptions } from './dataOptions.ts';
import { Baseline } from './baseline.ts';
import { allDocuments, noDocuments } from './batches/documentParts.ts';
import type { DocumentParts } from './batches/documentParts.ts';
import { duplicatesOf } from './batches/duplicates.ts';
import type { Duplicates, HeldText } from './batches/duplicates.ts';
import { interleaved, joinedSequences } from './batches/joinedSequences.ts';
import { mixedOrder } from './batches/mixedOrder.ts';
import type { Order } from './batches/mixedOrder.ts';
import { documentSequences, packedSequences } from './batches/tokenSequences.ts';
import type { TokenSequences } from './batches/tokenSequences.ts';
import { splitDocuments } from './batches/splitDocuments.ts';
import type { Split } from './batches/splitDocuments.ts';
import { trainBatches } from './batches/trainBatches.ts';
import { validationBatches } from './batches/validationBatches.ts';
import { checkSizes } from './checkSizes.ts';
import { closeSources, sharesOf, sourcesFingerprint, storesOf } from './mixture.ts';
import type { Sources } from './mixture.ts';
import type { OpenedData } from './openedData.ts';
import type { OnProgress } from './progress.ts';
import type { TokenStore } from './store/tokenStore.ts';
import { noticeDuplicates, noticeUnknown } from './textNotices.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';
import { trainCounts } from './trainCounts.ts';

/** The same of a single text. */
export const assembleData = (
  tokenizer: Tokenizer,
  store: TokenStore,
  options: BatchOptions,
  onProgress: OnProgress,
): Promise<OpenedData> => assembleSources(tokenizer, { train: [{ store, weight: 1 }] }, options, onProgress);

/**
 * Split, sequences, masks and batches over stores. What a share for validation has in common with training is left out of it,
 * unless nothing would be left; a text of its own stays whole. Throws a BertrandError that says how many tokens are needed if
 * there are too few.
 */
export async function assembleSources(
  tokenizer: Tokenizer,
  sources: Sources,
  options: BatchOptions,
  onProgress: OnProgress,
): Promise<OpenedData> {
  const stores = storesOf(sources);
  const counts = stores.map((store) => store.counts).reduce((a, b) => a.map((count, id) => count + b[id]));
  const tokens = sum(stores, (store) => store.tokens);
  noticeUnknown({ counts, tokens }, tokenizer, onProgress);
  const splits = sources.train.map(({ store }) => split(store, sources, options));
  const held = heldTexts(sources, splits);
  const duplicates = await duplicatesOf(held);
  const sequencesOf = (store: TokenStore, parts: DocumentParts): TokenSequences =>
    (options.packing ? packedSequences : documentSequences)(store, parts, tokenizer, options.sequenceLength);
  const kept =
    sources.validation !== undefined ||
    held.every(({ store }, i) => sequencesOf(store, duplicates[i].rest).count === 0);
  const heldTokens = sum(held, ({ validation }) => validation.tokens);
  const duplicated = together(duplicates);
  noticeDuplicates(duplicated, heldTokens, kept, onProgress);
  const validationParts = held.map(({ validation }, i) => (kept ? validation : duplicates[i].rest));
  const shares = sharesOf(sources);
  const train = sources.train.map(({ store }, i) => sequencesOf(store, splits[i].train));
  const validation = interleaved(
    held.map(({ store }, i) => sequencesOf(store, validationParts[i])),
    sources.validation ? [...shares, 1] : shares,
  );
  const trainTokens = sum(splits, (one) => one.train.tokens);
  const validationTokens = sum(validationParts, (parts) => parts.tokens);
  const sizes = { trainTokens, validationTokens, own: sources.validation !== undefined };
  checkSizes(sizes, train, validation, options);
  const frequencies = await trainCounts(sources, splits, tokenizer);
  return {
    tokenizer,
    train: trainBatches(joinedSequences(train), tokenizer, options, orderOf(train, shares, options.seed)),
    validation: validationBatches(validation, tokenizer, options),
    baseline: new Baseline(frequencies, options.masking, tokenizer),
    statistics: {
      documents: sum(stores, ({ offsets }) => offsets.length - 1),
      tokens,
      trainTokens,
      validationTokens,
      unknownTokens: counts[tokenizer.unknownId],
      duplicateTokens: kept ? duplicated.tokens : 0,
      mixture: train.length > 1 ? train.map(({ count }, i) => ({ share: shares[i], sequences: count })) : [],
    },
    fingerprint: () => sourcesFingerprint(sources),
    close: () => closeSources(sources),
  };
}

/** What of a text is trained on, and what is not. */
const split = (store: TokenStore, { validation }: Sources, { validation: share, seed }: BatchOptions): Split =>
  validation
    ? { train: allDocuments(store.offsets), validation: noDocuments }
    : splitDocuments(store.offsets, share, seed);

function heldTexts({ train, validation }: Sources, splits: readonly Split[]): HeldText[] {
  return [
    ...train.map(({ store }, i) => ({ store, validation: splits[i].validation, trains: true })),
    ...(validation ? [{ store: validation, validation: allDocuments(validation.offsets), trains: false }] : []),
  ];
}

/** The order in which a mixture is drawn; a single text has its own, epoch by epoch. */
const orderOf = (train: readonly TokenSequences[], shares: readonly number[], seed: number): Order | undefined =>
  train.length > 1
    ? mixedOrder(
        train.map(({ count }) => count),
        shares,
        seed,
      )
    : undefined;

const together = (duplicates: readonly Duplicates[]): Pick<Duplicates, 'count' | 'tokens'> => ({
  count: sum(duplicates, ({ count }) => count),
  tokens: sum(duplicates, ({ tokens }) => tokens),
});

const sum = <T>(items: readonly T[], value: (item: T) => number): number =>
  items.reduce((total, item) => total + value(item), 0);
