import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Bert } from '../../../src/bert/Bert.ts';
import { presets } from '../../../src/bert/presets.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { encodeTexts, idsSequence, unpaddedBatches } from '../../../src/train/evaluate/encodeTexts.ts';

const special = { classId: 2, separatorId: 3 };
const ids = (length: number, first = 10): Int32Array => Int32Array.from({ length }, (_, i) => first + (i % 20));

test('a pair has [SEP] after each text, and segments of its own', () => {
  const sequence = idsSequence(special, [ids(2), ids(1, 20)], { maxLength: 9, segments: [1, 2] });
  assert.equal([...sequence.ids], [2, 10, 11, 3, 20, 3]);
  assert.equal([...sequence.segments], [1, 1, 1, 1, 2, 2]);
  assert.is(sequence.leftOut, 0);
});

test('the longer of two texts loses its end, and both where both are long', () => {
  const lengths = (first: number, second: number): number[] => {
    const { ids: all, leftOut } = idsSequence(special, [ids(first), ids(second)], { maxLength: 12, segments: [0, 1] });
    const middle = all.indexOf(3);
    return [middle - 1, all.length - middle - 2, leftOut];
  };
  assert.equal(lengths(4, 5), [4, 5, 0]);
  assert.equal(lengths(20, 2), [7, 2, 13]);
  assert.equal(lengths(2, 20), [2, 7, 13]);
  assert.equal(lengths(20, 20), [5, 4, 31]);
  assert.equal([...idsSequence(special, [ids(9)], { maxLength: 5, segments: [0, 1] }).ids], [2, 10, 11, 12, 3]);
});

test('batches hold every sequence once, the longest first, and no more tokens than they may', () => {
  const sequences = [3, 9, 1, 4, 4, 30, 2].map((length) => ({ ids: ids(length), segments: new Int32Array(length) }));
  const batches = [...unpaddedBatches(sequences, 10)];
  assert.equal(
    batches.map(({ members }) => members),
    [[5], [1], [3, 4], [0, 6, 2]],
  );
  for (const { members, length, starts } of batches) {
    assert.is(
      length,
      members.reduce((sum, member) => sum + sequences[member].ids.length, 0),
    );
    assert.is(starts[0], 0);
  }
});

test('where several batches fail at once, one error is thrown and none is left unseen', async () => {
  const unseen: unknown[] = [];
  const note = (error: unknown): void => void unseen.push(error);
  process.on('unhandledRejection', note);
  const sequences = [600, 600, 600].map((length) => ({ ids: ids(length), segments: new Int32Array(length) }));
  let asked = 0;
  const fail = async (): Promise<never[]> => {
    const wait = asked++ === 0 ? 20 : 5; // the second fails before the first
    await new Promise((resolve) => setTimeout(resolve, wait));
    throw new Error('the device was lost');
  };
  let said = '';
  await encodeTexts(openReference(), sequences, fail).catch((error: Error) => (said = error.message));
  await new Promise((resolve) => setTimeout(resolve, 30));
  process.off('unhandledRejection', note);
  assert.is(said, 'the device was lost');
  assert.equal(unseen, []);
});

test('what is computed of a sequence does not depend on its neighbours, and comes in the order asked for', async () => {
  const device = openReference();
  const sizes = {
    layers: 1,
    embeddingSize: 8,
    heads: 2,
    feedForwardSize: 8,
    vocabSize: 40,
    maxLength: 600,
    dropout: 0.1,
  };
  const model = new Bert({ ...presets.diagram, ...sizes }, 3).to(device);
  const sequences = [5, 400, 7, 300, 3].map((length, i) => ({
    ids: ids(length, 10 + i),
    segments: new Int32Array(length),
  }));
  const encode = (some: typeof sequences): Promise<number[][]> =>
    encodeTexts(device, some, async (tape, batch) => {
      const hidden = await model.encode(tape, batch).read();
      return Array.from(batch.starts, (start) => [...hidden.subarray(8 * start, 8 * start + 8)]);
    });
  const together = await encode(sequences);
  for (const [i, sequence] of sequences.entries()) {
    const [alone] = await encode([sequence]);
    for (const [j, value] of alone.entries()) assert.ok(Math.abs(value - together[i][j]) < 1e-12, `${i}: ${j}`);
  }
});

test.run();
