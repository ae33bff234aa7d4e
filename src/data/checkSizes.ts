import { BertrandError } from '../error.ts';
import { inRows } from './dataOptions.ts';
import type { BatchOptions } from './dataOptions.ts';
import type { TokenSequences } from './batches/tokenSequences.ts';
import type { Split } from './batches/splitDocuments.ts';

/** Throws a BertrandError that says how many tokens there are and how many are needed, if a part is too small. */
export function checkSizes(
  split: Split,
  train: TokenSequences,
  validation: TokenSequences,
  options: BatchOptions,
): void {
  const { batchSize, sequenceLength } = options;
  const check = (
    what: string,
    { count }: TokenSequences,
    tokens: number,
    lack: Lack | undefined,
    change: string,
  ): void => {
    if (!lack) return;
    throw new BertrandError(
      `data.corpus: too small: ${what} has ${tokens} tokens (${count} sequences), ${lack.needed} are needed for ` +
        `${lack.rows} x ${sequenceLength}`,
      { advice: `add text, or lower ${change}` },
    );
  };
  const lackOf = (sequences: TokenSequences, rows: number): Lack | undefined => lack(sequences, rows, options);
  check('training', train, split.train.tokens, lackOf(train, batchSize), 'train.batchSize or data.sequenceLength');
  check(
    `validation (${options.validation} of the corpus)`,
    validation,
    split.validation.tokens,
    validation.count > 0 ? undefined : lackOf(validation, 1),
    'data.sequenceLength, or raise data.validation',
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
