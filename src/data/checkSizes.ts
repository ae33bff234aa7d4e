import { BertrandError } from '../error.ts';
import { inRows } from './dataOptions.ts';
import type { BatchOptions } from './dataOptions.ts';
import { joinedSequences } from './batches/joinedSequences.ts';
import type { TokenSequences } from './batches/tokenSequences.ts';

interface Sizes {
  readonly trainTokens: number;
  readonly validationTokens: number;
  /** Whether validation has a text of its own. */
  readonly own: boolean;
}

/** Throws a BertrandError that says how many tokens there are and how many are needed, if a part is too small. */
export function checkSizes(
  { trainTokens, validationTokens, own }: Sizes,
  train: readonly TokenSequences[],
  validation: TokenSequences,
  options: BatchOptions,
): void {
  const { batchSize, sequenceLength } = options;
  const check = (
    key: string,
    what: string,
    { count }: TokenSequences,
    tokens: number,
    lack: Lack | undefined,
    change: string,
  ): void => {
    if (!lack) return;
    throw new BertrandError(
      `${key}: too small: ${what} has ${tokens} tokens (${count} sequences), ${lack.needed} are needed for ` +
        `${lack.rows} x ${sequenceLength}`,
      { advice: `add text, or lower ${change}` },
    );
  };
  const lackOf = (sequences: TokenSequences, rows: number): Lack | undefined => lack(sequences, rows, options);
  const empty = train.findIndex(({ count }) => count === 0);
  if (train.length > 1 && empty >= 0)
    throw new BertrandError(
      `data.corpus: too small: what pattern ${empty + 1} of ${train.length} matches fills no sequence of ${sequenceLength} tokens`,
      { advice: 'add text to it, or take it out together with its weight' },
    );
  const all = joinedSequences(train);
  check('data.corpus', 'training', all, trainTokens, lackOf(all, batchSize), 'train.batchSize or data.sequenceLength');
  check(
    own ? 'data.validationCorpus' : 'data.corpus',
    own ? 'it' : `validation (${options.validation} of the corpus)`,
    validation,
    validationTokens,
    validation.count > 0 ? undefined : lackOf(validation, 1),
    `data.sequenceLength${own ? '' : ', or raise data.validation'}`,
  );
}

interface Lack {
  readonly rows: number;
  readonly needed: string;
}

/** What a batch of `rows` needs, if the sequences do not fill it. */
function lack({ count, tokens }: TokenSequences, rows: number, options: BatchOptions): Lack | undefined {
  const { sequenceLength, packing } = options;
  if (packing) return count < rows ? { rows, needed: `${rows * (sequenceLength - 1)} tokens` } : undefined;
  if (inRows(options)) return count < rows ? { rows, needed: `${rows} sequences` } : undefined;
  return tokens < rows * sequenceLength ? { rows, needed: `${rows * sequenceLength} with [CLS] and [SEP]` } : undefined;
}
