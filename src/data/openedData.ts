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
}

/** Everything a training run needs from its data. */
export interface OpenedData {
  readonly tokenizer: Tokenizer;
  readonly train: Batches;
  readonly validation: Batches;
  /** From the training tokens. */
  readonly baseline: Baseline;
  readonly statistics: CorpusStatistics;
  /** SHA-256 of the corpus as tokens: another one would train another model. */
  fingerprint(): Promise<string>;
  close(): Promise<void>;
}
