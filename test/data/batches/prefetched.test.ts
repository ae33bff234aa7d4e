import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Batch, Batches } from '../../../src/data/batches/batch.ts';
import { BertrandError } from '../../../src/error.ts';
import { prefetched } from '../../../src/data/batches/prefetched.ts';
import { rejects } from '../rejects.ts';

/** Batches that only know their step, and note which were made. */
function numbered(): Batches & { readonly made: number[] } {
  const made: number[] = [];
  return {
    made,
    sequences: 10,
    stepsPerEpoch: 10,
    at: (step) => {
      made.push(step);
      return step === 13 ? Promise.reject(new BertrandError('no step 13')) : Promise.resolve({ tokens: step } as Batch);
    },
  };
}
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 2);
  });

test('each batch is made once, before it is asked for', async () => {
  const batches = numbered();
  const ahead = prefetched(batches, 1);
  for (let step = 4; step < 9; step++) {
    assert.is((await ahead.at(step)).tokens, step);
    await turn();
    assert.is(batches.made.at(-1), step + 1);
  }
  assert.equal(batches.made, [4, 5, 6, 7, 8, 9]);
});

test('the micro-batches of a step are asked for together', async () => {
  const batches = numbered();
  const ahead = prefetched(batches, 2);
  for (const step of [0, 2, 4]) {
    const found = await Promise.all([ahead.at(step), ahead.at(step + 1)]);
    assert.equal(
      found.map(({ tokens }) => tokens),
      [step, step + 1],
    );
    await turn();
  }
  assert.equal(batches.made, [0, 1, 2, 3, 4, 5, 6, 7]);
});

test('any other step may be asked for', async () => {
  const ahead = prefetched(numbered(), 1);
  for (const step of [5, 2, 3, 3, 100]) {
    assert.is((await ahead.at(step)).tokens, step);
    await turn();
  }
});

test('a batch that cannot be made fails when it is asked for, not before', async () => {
  const ahead = prefetched(numbered(), 1);
  await ahead.at(12);
  await turn();
  await rejects(() => ahead.at(13), /no step 13/);
});

test.run();
