import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveConfig } from '../../../src/train/config/resolveConfig.ts';
import { toYaml } from '../../../src/train/config/yaml/toYaml.ts';
import { problemsOf } from './problemsOf.ts';

const lengthsOf = (text: string, settings: readonly string[] = []): unknown[] => {
  const { steps, tokens, epochs, minutes } = resolveConfig(text, 'a.yaml', settings).train;
  return [steps, tokens, epochs, minutes];
};

test('a length takes the place of the default steps, and one that is set that of the file', () => {
  assert.equal(lengthsOf('seed: 1'), [1000, 'none', 'none', 'none']);
  assert.equal(lengthsOf('train: { minutes: 3 }'), ['none', 'none', 'none', 3]);
  assert.equal(lengthsOf('train: { steps: 5 }', ['train.tokens=1e6']), ['none', 1e6, 'none', 'none']);
  assert.equal(lengthsOf('train: { epochs: 2 }', ['train.steps=7']), [7, 'none', 'none', 'none']);
});

test('a resolved config says the same when it is read again, and may be given another length', () => {
  const yaml = toYaml(resolveConfig('train: { epochs: 2 }', 'a.yaml'));
  assert.equal(lengthsOf(yaml), ['none', 'none', 2, 'none']);
  assert.equal(lengthsOf(yaml, ['train.epochs=3']), ['none', 'none', 3, 'none']);
  assert.equal(lengthsOf(yaml, ['train.minutes=3']), ['none', 'none', 'none', 3]);
});

const cases: readonly [text: string, problem: RegExp][] = [
  [
    'train: { steps: 5, minutes: 3 }',
    /^a\.yaml:1:17: train\.steps: found 5; expected one length, and train\.minutes is 3; keep one of/,
  ],
  ['train: { tokens: 5, epochs: 3 }', /train\.steps: found the text "none".*train\.tokens is 5 and train\.epochs is 3/],
  ['train: { steps: none }', /train\.steps: found the text "none"; expected a length; write a number, or give/],
  ['train: { minutes: 3, schedule: { warmup: 20 } }', /warmup: found 20; expected a share below 1/],
  ['train: { minutes: 3, schedule: { name: wsd, decay: 20 } }', /decay: found 20; expected a share below 1/],
  [
    'train: { minutes: 3, schedule: { name: inverse-square-root, warmup: 0 } }',
    /warmup: found 0; expected a share above 0/,
  ],
  ['train: { epochs: 3, schedule: { restarts: [5] } }', /restarts: found a list of 1; expected none, as train\.steps/],
  [
    'train: { steps: 10, schedule: { name: wsd, warmup: 4, decay: 7 } }',
    /decay: found 7; expected at most 6, the steps behind warm-up/,
  ],
  ['train: { batchWarmup: 5 }', /batchWarmup: found 5; expected 0, as train\.accumulate is 1/],
  ['train: { steps: 4, accumulate: 2, batchWarmup: 5 }', /batchWarmup: found 5; expected at most train\.steps/],
];

for (const [text, problem] of cases)
  test(`refuses ${text}`, () => {
    const problems = problemsOf(text);
    assert.is(problems.length, 1, problems.join('\n'));
    assert.match(problems[0], problem);
  });

test('accepts what just fits', () => {
  for (const text of [
    'train: { steps: 10, schedule: { name: wsd, warmup: 4, decay: 6 } }',
    'train: { minutes: 3, schedule: { name: wsd, warmup: 0.1, decay: 0.9 } }',
    'train: { minutes: 0.05, accumulate: 4, batchWarmup: 100 }',
    'train: { steps: none, tokens: 1 }',
  ])
    resolveConfig(text, 'a.yaml');
});

test.run();
