import type { DocumentMode } from './corpus/textPiece.ts';

/** Which positions are predicted, and what the model sees in their place. */
export interface MaskingOptions {
  /** Share of the maskable positions that are chosen. */
  readonly probability: number;
  /** Share of the chosen that become [MASK]. */
  readonly mask: number;
  /** Share of the chosen that become a random token; the rest stay as they are. */
  readonly random: number;
  /** Choose all pieces of a word or none. */
  readonly wholeWord: boolean;
  /**
   * `bernoulli`: each by its own draw. `exact`: max(1, round(probability * maskable)) a row (Devlin et al. 2018), with whole
   * words on average, each word with the same chance, however long.
   */
  readonly choice: 'bernoulli' | 'exact';
}

/** How a tokenizer treats capitals and accents. */
export interface Casing {
  /** Whether text is lowercased. */
  readonly lowercase: boolean;
  /** Strips accents, and vowel signs written as combining marks; `auto` (the default): as `lowercase`. */
  readonly stripAccents?: boolean | 'auto';
}

/** A tokenizer to be trained. */
export interface TokenizerOptions extends Casing {
  /** Tokens in the vocabulary, special ones included. */
  readonly vocabSize: number;
  /** Most characters that get tokens; `auto` (the default): 1000, or what 99.95 % of the text takes. */
  readonly limitAlphabet?: number | 'auto';
}

/** BERT's vocab.txt, one token a line. It does not say which case it is for. */
interface VocabularyFile extends Casing {
  /** Its path. */
  readonly vocab: string;
}

type TokenizerChoice = TokenizerOptions | VocabularyFile | string;

/** Whether the tokenizer is to be trained on the corpus, rather than read from a file. */
export const isTrained = (tokenizer: TokenizerChoice): tokenizer is TokenizerOptions =>
  typeof tokenizer === 'object' && 'vocabSize' in tokenizer;

/** How batches are made, wherever the texts come from. */
export interface BatchOptions {
  /** All random choices of batches and masks derive from it. */
  readonly seed: number;
  /** Sequences in a batch. */
  readonly batchSize: number;
  /** Share of the tokens kept for validation, above 0 and below 1. */
  readonly validation: number;
  /** Tokens in a sequence, [CLS] and [SEP] included. */
  readonly sequenceLength: number;
  /** Documents joined and cut to full length, or one document a sequence, which may be shorter. */
  readonly packing: boolean;
  /**
   * Gives each sequence its own row, padded to full length. Otherwise a batch is one row of whole sequences end to
   * end, as many as batchSize * sequenceLength tokens hold. Packed sequences are all full and have rows either way.
   */
  readonly padding: boolean;
  /** Which tokens are predicted while training. */
  readonly masking: MaskingOptions;
  /** Masking probability of the frozen validation masks. */
  readonly validationProbability: number;
  /** Segment id of text: 0, or 1 where 0 is the padding's own. */
  readonly textSegment: 0 | 1;
}

/** Whether each sequence of a batch has a row of its own. */
export const inRows = ({ packing, padding }: Pick<BatchOptions, 'packing' | 'padding'>): boolean => packing || padding;

/** The config's `data` section, and what else data needs of the config. */
export interface DataOptions extends BatchOptions {
  /** Globs; one that begins with `npm:PACKAGE/` means files of an installed package, one that begins with `!` leaves files out. */
  readonly corpus: readonly string[];
  /** How much of each pattern's text is trained on, in proportion to the others; empty (the default) for all text alike. */
  readonly weights?: readonly number[];
  /** Globs of files to validate on; empty (the default) for a share of the corpus. */
  readonly validationCorpus?: readonly string[];
  /** What a document is in plain text: a file, what is between blank lines, or a line. In all other forms each row is one. */
  readonly documents: DocumentMode;
  /** The field or column of the texts in JSON Lines, CSV, TSV and Parquet: by default `text`. */
  readonly field?: string;
  /** Folder of the token store and the trained tokenizer. */
  readonly cache: string;
  /** What to train, a vocab.txt, or the path of a tokenizer.json. */
  readonly tokenizer: TokenizerChoice;
  /** How many threads encode: 1 by default. The result is the same. */
  readonly threads?: number;
}

/** The field of texts unless another is named. */
export const FIELD = 'text';

/** How files are read. */
export const readingOf = ({ documents, field = FIELD }: Pick<DataOptions, 'documents' | 'field'>) => ({
  documents,
  field,
});
