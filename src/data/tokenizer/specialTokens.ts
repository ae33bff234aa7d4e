/** In the order of their ids in a vocabulary of ours. */
export const SPECIAL_TOKENS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'] as const;

/** What the pieces of a word bear, all but the first. */
export const CONTINUATION = '##';

/** In characters. A longer word is encoded as [UNK], so it has no say in the vocabulary. */
export const LONGEST_WORD = 100;
