import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { editDistance, nearestName } from '../../../src/train/config/problems/nearestName.ts';

test('the edit distance counts insertions, deletions, substitutions and swaps', () => {
  const distances = [
    ['', ''],
    ['', 'abc'],
    ['abc', 'abc'],
    ['abc', 'abcd'],
    ['abc', 'axc'],
    ['abc', 'acb'],
    ['kitten', 'sitting'],
    ['ca', 'abc'],
  ].map(([a, b]) => editDistance(a, b));
  assert.equal(distances, [0, 3, 0, 1, 1, 1, 3, 3]);
});

test('the nearest name is offered if it is near enough', () => {
  const names = ['learningRate', 'betas', 'epsilon', 'weightDecay', 'name'];
  const found = ['learning_rate', 'LearningRate', 'beta', 'bteas', 'weigthDecay', 'decay', 'momentum', 'x', ''].map(
    (written) => nearestName(written, names),
  );
  assert.equal(found, [
    'learningRate',
    'learningRate',
    'betas',
    'betas',
    'weightDecay',
    'weightDecay',
    undefined,
    undefined,
    undefined,
  ]);
  assert.is(nearestName('x', []), undefined);
});

test.run();
