import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { entitiesOf } from '../../../src/data/labelled/iob2.ts';
import { ClassifierScores } from '../../../src/train/finetune/evaluateClassifier.ts';
import { scoresOf } from '../../../src/train/finetune/metrics/confusion.ts';
import { EntityCounts } from '../../../src/train/finetune/metrics/entityScores.ts';

const near = (found: number, expected: number, what = ''): void =>
  assert.ok(Math.abs(found - expected) < 1e-12, `${what} ${found}, expected ${expected}`);

/** Of 3 a: 2 a, 1 b; of 2 b: 1 b, 1 c; of 4 c: 3 c, 1 a. Label d occurs nowhere. */
const right = [0, 0, 0, 1, 1, 2, 2, 2, 2];
const given = [0, 0, 1, 1, 2, 2, 2, 2, 0];

const names = ['a', 'b', 'c', 'd'];
const confusion = [
  [2, 1, 0, 0],
  [0, 1, 1, 0],
  [1, 0, 3, 0],
  [0, 0, 0, 0],
];

test('the confusion matrix has a row for each right label', () => {
  const scores = new ClassifierScores('sequence', names);
  const sequence = { ids: new Int32Array(3), segments: new Int32Array(3), leftOut: 0, words: Int32Array.of(0) };
  for (const [i, label] of right.entries()) {
    const probabilities = Float64Array.from(names, (_, name) => (name === given[i] ? 0.7 : 0.1));
    scores.add({ texts: ['x'] }, [label], { ...sequence, positions: Int32Array.of(0) }, [probabilities]);
  }
  const { confusion: found, loss, count } = scores.result();
  assert.equal(found, confusion);
  assert.is(count, 9);
  near(loss, -(6 * Math.log(0.7) + 3 * Math.log(0.1)) / 9);
});

test('precision, recall, F1 and their means as worked by hand', () => {
  const { accuracy, macroF1, microF1, labels } = scoresOf(confusion);
  // a: 2 of 3 given, 2 of 3 there; b: 1 of 2, 1 of 2; c: 3 of 4, 3 of 4
  const expected = [
    { precision: 2 / 3, recall: 2 / 3, f1: 2 / 3, support: 3 },
    { precision: 1 / 2, recall: 1 / 2, f1: 1 / 2, support: 2 },
    { precision: 3 / 4, recall: 3 / 4, f1: 3 / 4, support: 4 },
    { precision: 0, recall: 0, f1: 0, support: 0 },
  ];
  for (const [i, scores] of expected.entries())
    for (const [name, value] of Object.entries(scores)) near(labels[i][name as 'f1'], value, `${i} ${name}`);
  near(accuracy, 6 / 9);
  near(microF1, 6 / 9);
  near(macroF1, (2 / 3 + 1 / 2 + 3 / 4) / 3); // d is neither right nor given anywhere
});

test('Matthews correlation of two labels is the phi coefficient, of three as worked by hand', () => {
  // 6 true positives, 1 false negative, 2 false positives, 3 true negatives
  const two = scoresOf([
    [3, 2],
    [1, 6],
  ]).matthews;
  near(two, (6 * 3 - 2 * 1) / Math.sqrt((6 + 2) * (6 + 1) * (3 + 2) * (3 + 1)));
  // c s - sum p t = 6 * 9 - (9 + 4 + 16) = 25; s^2 - sum p^2 = 81 - 29 = s^2 - sum t^2
  near(scoresOf(confusion).matthews, 25 / 52);
  assert.is(
    scoresOf([
      [3, 0],
      [2, 0],
    ]).matthews,
    0,
  );
});

test('entities are strictly those of IOB2', () => {
  assert.equal(entitiesOf(['B-X', 'I-X', 'O', 'I-X', 'B-Y', 'B-Y', 'I-X', 'I-Y']), [
    { type: 'X', begin: 0, end: 2 },
    { type: 'Y', begin: 4, end: 5 },
    { type: 'Y', begin: 5, end: 6 },
  ]);
  assert.equal(entitiesOf([]), []);
});

test('an entity counts only with both ends and its type right', () => {
  const counts = new EntityCounts();
  counts.add(['B-X', 'I-X', 'O', 'B-Y', 'O'], ['B-X', 'O', 'O', 'B-Y', 'B-Y']); // X too short, Y right, one Y too many
  counts.add(['B-Y', 'O', 'B-X'], ['B-X', 'O', 'B-X']); // another type, X right
  const scores = counts.scores();
  near(scores.precision, 2 / 5);
  near(scores.recall, 2 / 4);
  near(scores.f1, (2 * 2) / (5 + 4));
  assert.is(scores.support, 4);
  near(scores.types.X.f1, (2 * 1) / (3 + 2));
  near(scores.types.Y.f1, (2 * 1) / (2 + 2));
});

test('words that a text is too long for are outside of entities, and do not count in the loss', () => {
  const sequence = { ids: new Int32Array(5), segments: new Int32Array(5), leftOut: 2 };
  const scores = new ClassifierScores('token', ['B-X', 'O']);
  scores.add(
    { texts: ['a', 'b', 'c'] },
    [0, 1, 0],
    { ...sequence, positions: Int32Array.of(1, 2), words: Int32Array.of(0, 1) },
    [Float64Array.of(0.75, 0.25), Float64Array.of(0.5, 0.5)],
  );
  const evaluation = scores.result();
  assert.equal(evaluation.confusion, [
    [1, 1],
    [1, 0],
  ]); // of equally likely labels the first is given
  near(evaluation.loss, -(Math.log(0.75) + Math.log(0.5)) / 2);
  assert.is(evaluation.entities?.support, 2);
});

test.run();
