import { BertrandError } from '../error.ts';
import type { BatchOptions } from './dataOptions.ts';
import type { Split } from './splitDocuments.ts';

/** Throws a BertrandError that says how many tokens there are and how many are needed, if a part is too small. */
export function checkSizes(
  split: Split,
  trainSequences: number,
  validationSequences: number,
  options: BatchOptions,
): void {
  const { batchSize, sequenceLength, packing, validation } = options;
  const perSequence = packing ? sequenceLength - 1 : 1;
  const check = (what: string, sequences: number, needed: number, tokens: number, change: string): void => {
    if (sequences >= needed) return;
    const unit = packing ? `${needed * perSequence} tokens` : `${needed} sequences`;
    throw new BertrandError(
      `data.corpus: too small: ${what} has ${tokens} tokens (${sequences} sequences), ${unit} are needed for ` +
        `${needed} x ${sequenceLength}; add text, or lower ${change}`,
    );
  };
  check('training', trainSequences, batchSize, split.train.tokens, 'train.batchSize or data.sequenceLength');
  check(
    `validation (${validation} of the corpus)`,
    validationSequences,
    1,
    split.validation.tokens,
    'data.sequenceLength, or raise data.validation',
  );
}
