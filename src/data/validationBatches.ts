import type { Batches } from './batch.ts';
import type { BatchOptions, MaskingOptions } from './dataOptions.ts';
import { makeBatch } from './makeBatch.ts';
import { createMasking } from './masking.ts';
import type { Sequences } from './sequences.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';

/**
 * The validation sequences in one fixed order, with frozen masks: they depend on the seed and the sequence alone, not
 * on the step, the batch size or how training masks, so losses compare across runs.
 */
export function validationBatches(sequences: Sequences, tokenizer: Tokenizer, options: BatchOptions): Batches {
  const masking: MaskingOptions = {
    probability: options.validationProbability,
    mask: 0.8,
    random: 0.1,
    wholeWord: false,
    choice: 'exact',
  };
  const mask = createMasking(tokenizer, masking);
  const stepsPerEpoch = Math.ceil(sequences.count / options.batchSize);
  return {
    sequences: sequences.count,
    stepsPerEpoch,
    async at(step) {
      const first = (step % stepsPerEpoch) * options.batchSize;
      const size = Math.min(options.batchSize, sequences.count - first);
      const rows = Array.from({ length: size }, async (_, row) => {
        const original = await sequences.at(first + row);
        const ids = original.slice();
        return { ids, original, positions: mask(ids, `${options.seed}/validation masking/${first + row}`, true) };
      });
      return makeBatch(await Promise.all(rows), sequences.length, tokenizer.padId, options.textSegment);
    },
  };
}
