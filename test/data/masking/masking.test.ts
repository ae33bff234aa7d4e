import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MaskingOptions } from '../../../src/data/dataOptions.ts';
import { createMasking } from '../../../src/data/masking/masking.ts';
import { masking } from '../dataOptions.ts';
import { smallTokenizer } from '../smallTokenizer.ts';

const MASK = 4;
const size = 1000;
const tokenizer = smallTokenizer(size);

/** A row of ordinary tokens between special ones, with padding and an unknown word. */
function row(key: string, length = 128): Int32Array {
  const random = seedrandom(key);
  const ids = Int32Array.from({ length }, () => 5 + Math.floor(random() * (size - 5)));
  ids[0] = 2;
  ids[10] = 1;
  ids[20] = 3;
  ids[length - 2] = 3;
  ids[length - 1] = 0;
  return ids;
}

/** Masks `rows` rows and returns what happened to them. */
function draw(options: Partial<MaskingOptions>, rows: number) {
  const mask = createMasking(tokenizer, { ...masking, ...options });
  return Array.from({ length: rows }, (_, r) => {
    const original = row(`row ${r}`);
    const ids = original.slice();
    return { original, ids, positions: mask(ids, `1/masking/0/${r}`) };
  });
}
const maskable = 123; // of 128

const near = (found: number, expected: number, trials: number): void => {
  const deviations = Math.abs(found - expected) / Math.sqrt((expected * (1 - expected)) / trials);
  assert.ok(deviations < 4, `${found}, expected ${expected}: ${deviations.toFixed(1)} standard deviations`);
};

for (const choice of ['bernoulli', 'exact'] as const)
  for (const probability of [0.15, 0.3])
    test(`${choice}: ${probability} of the tokens are chosen, of them 80 % masked, 10 % random, 10 % kept`, () => {
      const rows = draw({ choice, probability }, 2000);
      const chosen = rows.flatMap(({ original, ids, positions }) =>
        positions.map((at) => [original[at], ids[at]] as const),
      );
      if (choice === 'bernoulli') near(chosen.length / (2000 * maskable), probability, 2000 * maskable);
      const share = (test: (from: number, to: number) => boolean): number =>
        chosen.filter(([from, to]) => test(from, to)).length / chosen.length;
      near(
        share((_, to) => to === MASK),
        0.8,
        chosen.length,
      );
      // One random draw in 995 gives the token that was there.
      near(
        share((from, to) => to !== MASK && to !== from),
        0.1 * (994 / 995),
        chosen.length,
      );
      near(
        share((from, to) => to === from),
        0.1 + 0.1 / 995,
        chosen.length,
      );
    });

test('shares of the chosen follow the options', () => {
  const halves = draw({ mask: 0.5, random: 0.5 }, 300).flatMap(({ original, ids, positions }) =>
    positions.map((at) => (ids[at] === MASK ? 'mask' : ids[at] === original[at] ? 'same' : 'random')),
  );
  near(halves.filter((what) => what === 'mask').length / halves.length, 0.5, halves.length);
  near(halves.filter((what) => what === 'same').length / halves.length, 0.5 / 995, halves.length);
  const none = draw({ mask: 0, random: 0 }, 50);
  for (const { original, ids, positions } of none) {
    assert.ok(positions.length > 0);
    assert.equal(ids, original);
  }
  for (const { ids, positions } of draw({ mask: 1, random: 0 }, 50))
    for (const at of positions) assert.is(ids[at], MASK);
});

test('exact: each row has max(1, round(probability * maskable)) positions', () => {
  for (const { positions } of draw({ choice: 'exact' }, 100)) assert.is(positions.length, Math.round(0.15 * maskable));
  for (const { positions } of draw({ choice: 'exact', probability: 0.001 }, 20)) assert.is(positions.length, 1);
});

test('special tokens are never chosen and never drawn; what is not chosen stays; positions ascend', () => {
  for (const choice of ['bernoulli', 'exact'] as const)
    for (const wholeWord of [true, false])
      for (const { original, ids, positions } of draw(
        { choice, wholeWord, probability: 0.9, mask: 0, random: 1 },
        200,
      )) {
        const chosen = new Set(positions);
        assert.is(chosen.size, positions.length);
        assert.equal(
          positions,
          positions.toSorted((a, b) => a - b),
        );
        for (const [at, id] of original.entries()) {
          if (id < 5) assert.not(chosen.has(at), `special token at ${at}`);
          if (chosen.has(at)) assert.ok(ids[at] >= 5, `special token drawn at ${at}`);
          else assert.is(ids[at], id);
        }
      }
});

test('random tokens are drawn evenly from all ordinary ones', () => {
  const counts = new Float64Array(size);
  for (const { ids, positions } of draw({ probability: 1, mask: 0, random: 1 }, 400))
    for (const at of positions) counts[ids[at]]++;
  const mean = (400 * maskable) / (size - 5);
  assert.equal(counts.slice(0, 5), new Float64Array(5));
  const chiSquare = counts.slice(5).reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
  assert.ok(Math.abs(chiSquare - 994) < 4 * Math.sqrt(2 * 994), `chi-square ${chiSquare}, expected 994`);
});

/** The words of a row as lists of positions, found from the other end than the code under test does. */
function words(ids: Int32Array): number[][] {
  const result: number[][] = [];
  let word: number[] = [];
  for (let at = ids.length - 1; at >= 0; at--) {
    if (tokenizer.isSpecial(ids[at])) {
      if (word.length > 0) result.push(word);
      word = [];
      continue;
    }
    word.unshift(at);
    if (!tokenizer.isContinuation(ids[at])) {
      result.push(word);
      word = [];
    }
  }
  return result;
}

const longest = (ids: Int32Array): number => Math.max(...words(ids).map(({ length }) => length));

for (const choice of ['bernoulli', 'exact'] as const)
  test(`${choice}: whole words are chosen or left whole`, () => {
    let longWords = 0;
    let count = 0;
    for (const { original, positions } of draw({ choice, wholeWord: true }, 400)) {
      const chosen = new Set(positions);
      for (const word of words(original)) {
        const inside = word.filter((at) => chosen.has(at)).length;
        assert.ok(inside === 0 || inside === word.length, `${inside} of ${word.length} pieces`);
        if (inside > 1) longWords++;
      }
      if (choice === 'exact')
        assert.ok(positions.length <= Math.round(0.15 * maskable) + 2 * longest(original), 'over the budget');
      count += positions.length;
    }
    assert.ok(longWords > 100);
    const share = count / (400 * maskable);
    assert.ok(Math.abs(share - 0.15) < 0.012, `share ${share}`);
  });

test('exact: a word longer than the budget has its chance, and the mean is the budget', () => {
  const ids = Int32Array.from([2, 5, 6, 6, 6, 6, 6, 6, 7, 3]); // a word of 7 pieces and one of 1: a budget of 2
  const mask = createMasking(tokenizer, { ...masking, choice: 'exact', wholeWord: true, probability: 0.2 });
  const rounds = 4000;
  const drawn = Array.from({ length: rounds }, (_, i) => mask(ids.slice(), `key ${i}`));
  const taken = (at: number): number => drawn.filter((positions) => positions.includes(at)).length / rounds;
  for (const at of [1, 7, 8]) near(taken(at), 2 / 8, rounds);
  for (const positions of drawn) assert.ok(positions.includes(1) === positions.includes(7));
  const mean = drawn.reduce((sum, { length }) => sum + length, 0) / rounds;
  assert.ok(Math.abs(mean - 2) < (4 * 3.5) / Math.sqrt(rounds), `a mean of ${mean}`);
});

test('exact: words of every length have the same chance', () => {
  const random = seedrandom('lengths');
  const [drawn, all] = [new Float64Array(9), new Float64Array(9)];
  const mask = createMasking(tokenizer, { ...masking, choice: 'exact', wholeWord: true });
  for (let i = 0; i < 6000; i++) {
    const ids = [2];
    while (ids.length < 15)
      ids.push(5, ...Array.from({ length: Math.min(14 - ids.length, Math.floor(random() * 8)) }, () => 6));
    const row = Int32Array.from([...ids, 3]);
    const positions = mask(row.slice(), `key ${i}`);
    for (const word of words(row)) {
      all[word.length]++;
      if (positions.includes(word[0])) drawn[word.length]++;
    }
  }
  for (let length = 1; length <= 8; length++) {
    const share = drawn[length] / all[length];
    assert.ok(
      all[length] > 500 && Math.abs(share - 2 / 14) < 0.04,
      `${share} of ${all[length]} words of ${length} pieces`,
    );
  }
});

test('forcing chooses one whole word where there would be none', () => {
  const mask = createMasking(tokenizer, { ...masking, probability: 0, wholeWord: true });
  const found = new Set<string>();
  for (let i = 0; i < 50; i++) found.add(mask(Int32Array.from([2, 5, 6, 7, 3, 0]), `key ${i}`, true).join());
  assert.equal([...found].toSorted(), ['1,2', '3']);
  assert.equal(mask(Int32Array.from([2, 5, 6, 7, 3, 0]), 'key'), []);
  assert.equal(mask(Int32Array.from([2, 1, 3, 0]), 'key', true), []);
});

test('a special token parts words', () => {
  const mask = createMasking(tokenizer, { ...masking, probability: 0, wholeWord: true });
  const found = new Set<string>();
  for (let i = 0; i < 50; i++) found.add(mask(Int32Array.from([2, 5, 3, 6, 3]), `key ${i}`, true).join());
  assert.equal([...found].toSorted(), ['1', '3']);
});

test('the key decides everything', () => {
  const mask = createMasking(tokenizer, masking);
  const [a, b, c] = ['x', 'x', 'y'].map((key) => {
    const ids = row('row');
    return { positions: mask(ids, key), ids };
  });
  assert.equal(a, b);
  assert.not.equal(a, c);
});

test.run();
