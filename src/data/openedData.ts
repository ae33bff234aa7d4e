import type { Batches } from './batches/batch.ts';
import type { Baseline } from './baseline.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';

export interface CorpusStatistics {
  readonly documents: number;
  /** Tokens in the corpus, without those that sequences add. */
  readonly tokens: number;
  readonly trainTokens: number;
  readonly validationTokens: number;
  /** How many of the tokens are [UNK]. */
  readonly unknownTokens: number;
  /** How many of those to validate on are of documents that are in the training text too. */
  readonly duplicateTokens: number;
  /** What is mixed by weights: the share of each text in training, and its sequences. Empty for a single text. */
  readonly mixture: readonly { readonly share: number; readonly sequences: number }[];
}

/** Everything a training run needs from its data. */
export interface OpenedData {
  /** The tokenizer, given or trained. */
  readonly tokenizer: Tokenizer;
  /** Batches to train on. */
  readonly train: Batches;
  /** Batches whose masks are always the same. */
  readonly validation: Batches;
  /** From the training tokens. */
  readonly baseline: Baseline;
  /** Counts of the text. */
  readonly statistics: CorpusStatistics;
  /** SHA-256 of the corpus as tokens: another one would train another model. */
  fingerprint(): Promise<string>;
  /** Closes its files. */
  close(): Promise<void>;
}
