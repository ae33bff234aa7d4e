import type { Batches } from './batch.ts';
import { inRows } from '../dataOptions.ts';
import type { BatchOptions, MaskingOptions } from '../dataOptions.ts';
import { fillBatches } from './fillBatches.ts';
import { makeBatch, oneRow, paddedRows } from './makeBatch.ts';
import { createMasking } from '../masking/masking.ts';
import type { TokenSequences } from './tokenSequences.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/**
 * The validation sequences in one fixed order, with frozen masks: they depend on the seed and the sequence alone, not
 * on the step, the batch size, the layout or how training masks, so losses compare across runs.
 */
export function validationBatches(sequences: TokenSequences, tokenizer: Tokenizer, options: BatchOptions): Batches {
  const masking: MaskingOptions = {
    probability: options.validationProbability,
    mask: 0.8,
    random: 0.1,
    wholeWord: false,
    choice: 'exact',
  };
  const mask = createMasking(tokenizer, masking);
  const { count, length } = sequences;
  const capacity = options.batchSize * length;
  const all = Array.from({ length: count }, (_, sequence) => sequence);
  const rows = inRows(options);
  const plan = rows ? slices(all, options.batchSize) : [...fillBatches(all, sequences.sizeOf, capacity)];
  return {
    sequences: count,
    stepsPerEpoch: plan.length,
    async at(step) {
      const masked = await Promise.all(
        plan[step % plan.length].map(async (sequence) => {
          const original = await sequences.at(sequence);
          const ids = original.slice();
          return { ids, original, positions: mask(ids, `${options.seed}/validation masking/${sequence}`, true) };
        }),
      );
      const layout = rows ? paddedRows(masked, length) : oneRow(masked, capacity);
      return makeBatch(masked, layout, tokenizer.padId, options.textSegment);
    },
  };
}

function slices(all: readonly number[], size: number): (readonly number[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}
