import { BertrandError } from '../error.ts';
import type { Duplicates } from './batches/duplicates.ts';
import { percent } from './percent.ts';
import type { OnProgress } from './progress.ts';
import type { TokenStore } from './store/tokenStore.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';

/** The share of [UNK] from which on to warn. */
const MUCH = 0.01;

/** Reports which parts of a text are not learnt. Throws a BertrandError if the tokenizer knows none of it. */
export function noticeUnknown(
  { counts, tokens }: Pick<TokenStore, 'counts' | 'tokens'>,
  tokenizer: Tokenizer,
  onProgress: OnProgress,
): void {
  const unknown = counts[tokenizer.unknownId];
  const typed: string[] = [];
  let special = unknown;
  for (const [id, count] of counts.entries()) {
    if (count === 0 || id === tokenizer.unknownId || !tokenizer.isSpecial(id)) continue;
    special += count;
    typed.push(`${tokenizer.tokenOf(id)} ${count} ${count === 1 ? 'time' : 'times'}`);
  }
  if (tokens > 0 && special === tokens)
    throw new BertrandError(
      `the tokenizer knows none of the text's words: all ${tokens} tokens are special, ${unknown} of them [UNK]; ` +
        'take a tokenizer that was made for such text, or train one on it',
    );
  if (unknown >= MUCH * tokens && unknown > 0)
    onProgress({
      notice: `${percent(unknown / tokens)} of the tokens are [UNK] and never learnt: words with characters that the vocabulary lacks, or longer than it takes`,
    });
  if (typed.length > 0)
    onProgress({
      notice: `the text has special tokens written in it, which are taken for such and never learnt: ${typed.join(', ')}`,
    });
}

/** Reports validation text that also occurs in training. */
export function noticeDuplicates(
  { count, tokens }: Pick<Duplicates, 'count' | 'tokens'>,
  validationTokens: number,
  kept: boolean,
  onProgress: OnProgress,
): void {
  if (count === 0) return;
  const share = percent(tokens / validationTokens);
  const documents = `${count} ${count === 1 ? 'document' : 'documents'}`;
  onProgress({
    notice: kept
      ? `${documents} (${share} of the validation text) ${count === 1 ? 'has a duplicate' : 'have duplicates'} in the training text: the validation loss tells what the model remembers; remove the duplicates from data.corpus`
      : `${documents} (${share} of the validation text) left out of validation: duplicates of training text`,
  });
}
