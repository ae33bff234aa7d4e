/** In the order of their ids in the vocabularies we train. */
export const SPECIAL_TOKENS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'] as const;

/** The prefix of every piece of a word but the first. */
export const CONTINUATION = '##';

/** In characters. Longer words are encoded as [UNK], so they do not count for the vocabulary. */
export const LONGEST_WORD = 100;
