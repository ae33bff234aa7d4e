import seedrandom from 'seedrandom';
import { BertrandError } from '../../error.ts';
import type { Batches } from './batch.ts';
import { mixedRowPlan, mixedTokenPlan, rowPlan, tokenPlan } from './batchPlan.ts';
import type { BatchPlan } from './batchPlan.ts';
import { inRows } from '../dataOptions.ts';
import type { BatchOptions } from '../dataOptions.ts';
import type { Order } from './mixedOrder.ts';
import { makeBatch, oneRow, paddedRows } from './makeBatch.ts';
import type { MaskedSequence } from './makeBatch.ts';
import { createMasking } from '../masking/masking.ts';
import type { TokenSequences } from './tokenSequences.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/**
 * Batches in a new order each epoch, with new masks each step: all a pure function of (seed, step).
 * @param order that in which sequences are drawn, without end; if left out, each once an epoch
 */
export function trainBatches(
  sequences: TokenSequences,
  tokenizer: Tokenizer,
  options: BatchOptions,
  order?: Order,
): Batches {
  const { seed, batchSize, textSegment } = options;
  const { length } = sequences;
  const capacity = batchSize * length;
  const rows = inRows(options);
  const plan = order
    ? mixedPlan(sequences, order, options)
    : rows
      ? rowPlan(sequences, batchSize, seed)
      : tokenPlan(sequences, capacity, seed);
  const mask = createMasking(tokenizer, options.masking);
  return {
    sequences: sequences.count,
    stepsPerEpoch: plan.stepsPerEpoch,
    async at(step) {
      const originals = await Promise.all(plan.at(step).map((sequence) => sequences.at(sequence)));
      const draw = (i: number, force: boolean): MaskedSequence => {
        const original = originals[i];
        const ids = original.slice();
        return { ids, original, positions: mask(ids, `${seed}/masking/${step}/${i}`, force) };
      };
      const masked = originals.map((_, i) => draw(i, false));
      if (masked.every(({ positions }) => positions.length === 0)) {
        const maskable = masked.flatMap(({ ids }, i) => (ids.some((id) => !tokenizer.isSpecial(id)) ? [i] : []));
        if (maskable.length === 0)
          throw new BertrandError(
            `step ${step}: the batch has nothing but special tokens, so nothing to learn; raise train.batchSize, or take out of the corpus what becomes [UNK]`,
          );
        const forced = maskable[Math.floor(seedrandom(`${seed}/forced mask/${step}`)() * maskable.length)];
        masked[forced] = draw(forced, true);
      }
      const layout = rows ? paddedRows(masked, length) : oneRow(masked, capacity);
      return makeBatch(masked, layout, tokenizer.padId, textSegment);
    },
  };
}

const mixedPlan = (sequences: TokenSequences, order: Order, options: BatchOptions): BatchPlan =>
  inRows(options)
    ? mixedRowPlan(sequences.count, order, options.batchSize)
    : mixedTokenPlan(sequences, order, options.batchSize * sequences.length);
