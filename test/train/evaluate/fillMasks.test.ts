import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MaskedInput } from '../../../src/bert/Bert.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { fillMask, maskedSequence } from '../../../src/train/evaluate/fillMask.ts';
import { fillMasks } from '../../../src/train/evaluate/fillMasks.ts';
import { openTrained } from '../../../src/train/evaluate/trained.node.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { smallRun } from '../smallRun.ts';

const device = openReference();
const trained = await openTrained(await smallRun(temporaryFolder(), 'run', ['model.preset=bert']));
const model = trained.modelOn(device);
const { maskId, vocabSize } = trained.tokenizer;

/** Of `length` tokens, `masks` of which are masked. */
function sequence(length: number, masks: number, first: number): MaskedInput {
  const ids = Int32Array.from({ length }, (_, i) =>
    i >= length - masks ? maskId : 5 + ((first + i) % (vocabSize - 5)),
  );
  return maskedSequence(ids, maskId, 0);
}

test('many sequences are filled as each by itself, however many are computed at once', async () => {
  // more tokens, and more masks, than go together
  for (const sequences of [
    Array.from({ length: 90 }, (_, i) => sequence(3 + (i % 14), 1 + (i % 2), i)),
    Array.from({ length: 12 }, (_, i) => sequence(16, 15, i)),
    [sequence(4, 2, 1)],
  ]) {
    const together = await fillMasks(device, model, sequences, 3);
    assert.is(together.length, sequences.length);
    for (const [i, input] of sequences.entries()) {
      const alone = await fillMask(device, model, input, 3);
      assert.is(together[i].length, input.positions.length);
      for (const [mask, guesses] of alone.entries())
        for (const [rank, { id, probability }] of guesses.entries()) {
          assert.is(together[i][mask][rank].id, id);
          assert.ok(Math.abs(together[i][mask][rank].probability - probability) < 1e-12);
        }
    }
  }
});

test('targets have the probabilities that they have among all tokens', async () => {
  const input = sequence(8, 2, 3);
  const all = await fillMask(device, model, input, vocabSize);
  const some = await fillMask(device, model, input, 2, [9, 7, 12]);
  for (const [mask, guesses] of some.entries())
    assert.equal(guesses, all[mask].filter(({ id }) => [9, 7, 12].includes(id)).slice(0, 2));
});

test.run();
