import seedrandom from 'seedrandom';
import { BertrandError } from '../error.ts';
import type { Batches } from './batch.ts';
import type { BatchOptions } from './dataOptions.ts';
import { makeBatch } from './makeBatch.ts';
import { createMasking } from './masking.ts';
import { permutation } from './permutation.ts';
import type { Sequences } from './sequences.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';

/** Batches in a new order each epoch, with new masks each step: all a pure function of (seed, step). */
export function trainBatches(sequences: Sequences, tokenizer: Tokenizer, options: BatchOptions): Batches {
  const { seed, batchSize, textSegment } = options;
  const stepsPerEpoch = Math.floor(sequences.count / batchSize);
  const mask = createMasking(tokenizer, options.masking);
  return {
    sequences: sequences.count,
    stepsPerEpoch,
    async at(step) {
      const order = permutation(`${seed}/order/${Math.floor(step / stepsPerEpoch)}`, sequences.count);
      const first = (step % stepsPerEpoch) * batchSize;
      const originals = await Promise.all(
        Array.from({ length: batchSize }, (_, row) => sequences.at(order(first + row))),
      );
      const draw = (row: number, force: boolean) => {
        const original = originals[row];
        const ids = original.slice();
        return { ids, original, positions: mask(ids, `${seed}/masking/${step}/${row}`, force) };
      };
      const rows = originals.map((_, row) => draw(row, false));
      if (rows.every(({ positions }) => positions.length === 0)) {
        const maskable = rows.flatMap(({ ids }, row) => (ids.some((id) => !tokenizer.isSpecial(id)) ? [row] : []));
        if (maskable.length === 0)
          throw new BertrandError(
            `step ${step}: the batch has nothing but special tokens; the tokenizer does not fit the corpus`,
          );
        const row = maskable[Math.floor(seedrandom(`${seed}/forced mask/${step}`)() * maskable.length)];
        rows[row] = draw(row, true);
      }
      return makeBatch(rows, sequences.length, tokenizer.padId, textSegment);
    },
  };
}
