import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Baseline } from '../../src/data/baseline.ts';

const MASK = 0;
const vocabulary = {
  maskId: MASK,
  vocabSize: 4,
  isSpecial: (id: number) => id === MASK,
  isContinuation: (id: number) => id === 2,
  tokenOf: (id: number) => ['[MASK]', 'naïve', '##ly', '漢'][id],
};
const counts = Float64Array.of(0, 7, 1, 0); // smoothed, of 12: 1, 8, 2, 1
const usual = { mask: 0.8, random: 0.1 };
const near = (found: number, expected: number): void =>
  assert.ok(Math.abs(found - expected) < 1e-12, `found ${found}, expected ${expected}`);

test('the text of labels is counted in code points and in bytes of UTF-8, a continuation without its mark', () => {
  const baseline = new Baseline(counts, usual, vocabulary);
  assert.equal(baseline.lengthOf(Int32Array.of(1, 2, 3, 2)), { characters: 5 + 2 + 1 + 2, bytes: 6 + 2 + 3 + 2 });
});

test('by frequency the loss is the mean negative log of the add-one-smoothed frequency', () => {
  const baseline = new Baseline(counts, usual, vocabulary);
  const expected = -(Math.log(8 / 12) + Math.log(8 / 12) + Math.log(1 / 12)) / 3;
  near(baseline.frequencyLoss(Int32Array.of(1, 1, 3)), expected);
});

test('a seen [MASK] says nothing: the loss is that of frequency', () => {
  const baseline = new Baseline(counts, usual, vocabulary);
  for (const label of [1, 2, 3])
    near(
      baseline.contextFreeLoss(Int32Array.of(label), Int32Array.of(MASK)),
      baseline.frequencyLoss(Int32Array.of(label)),
    );
});

for (const masking of [usual, { mask: 0.5, random: 0.5 }, { mask: 0, random: 0.9 }])
  test(`given any token the probabilities of all labels sum to one (mask ${masking.mask}, random ${masking.random})`, () => {
    const baseline = new Baseline(counts, masking, vocabulary);
    for (const seen of [MASK, 1, 2, 3]) {
      const probabilities = [0, 1, 2, 3].map((label) =>
        Math.exp(-baseline.contextFreeLoss(Int32Array.of(label), Int32Array.of(seen))),
      );
      near(
        probabilities.reduce((sum, p) => sum + p),
        1,
      );
    }
  });

test('where nothing is replaced at random, a token that is seen is the label', () => {
  const baseline = new Baseline(counts, { mask: 0.9, random: 0 }, vocabulary);
  near(baseline.contextFreeLoss(Int32Array.of(2), Int32Array.of(2)), 0);
});

test('no other guess from the seen token alone does better on what masking really gives', () => {
  // Every (label, seen) pair with the probability that masking gives it; the best guess minimises the mean loss.
  const baseline = new Baseline(counts, usual, vocabulary);
  const frequency = [1, 8, 2, 1].map((count) => count / 12);
  const seenGiven = (label: number, seen: number): number =>
    seen === MASK ? 0.8 : 0.1 / 3 + (seen === label ? 0.1 : 0);
  const meanLoss = (guess: (label: number, seen: number) => number): number => {
    let total = 0;
    for (let label = 0; label < 4; label++)
      for (let seen = 0; seen < 4; seen++)
        total -= frequency[label] * seenGiven(label, seen) * Math.log(guess(label, seen));
    return total;
  };
  const best = (label: number, seen: number): number =>
    Math.exp(-baseline.contextFreeLoss(Int32Array.of(label), Int32Array.of(seen)));
  const least = meanLoss(best);
  for (let seen = 0; seen < 4; seen++)
    for (const [from, to] of [
      [1, 2],
      [2, 1],
      [3, 1],
    ]) {
      const shifted = (label: number, at: number): number =>
        best(label, at) + (at === seen ? (label === to ? 1e-3 : label === from ? -1e-3 : 0) : 0);
      assert.ok(meanLoss(shifted) > least);
    }
});

test.run();
