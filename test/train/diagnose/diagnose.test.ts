import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { diagnose } from '../../../src/train/diagnose/diagnose.ts';
import { RunWatch } from '../../../src/train/diagnose/runWatch.ts';
import { recordSigns } from '../../../src/train/diagnose/recordSigns.ts';
import type { Signs } from '../../../src/train/diagnose/signs.ts';
import type { Config } from '../../../src/train/config/table/table.ts';
import { readMetrics } from '../../../src/train/record/metricsRecord.ts';
import type { RunRecord } from '../../../src/train/record/runRecord.ts';

/** A run in its second half in which all is well. */
const good: Signs = {
  sequenceLength: 64,
  clipNorm: 1,
  unknownShare: 0.001,
  duplicateShare: 0,
  gradNorms: Array.from({ length: 50 }, (_, i) => 0.5 + (i % 2)),
  validation: { share: 0.6, loss: 4, contextFreeLoss: 5.8, unigramLoss: 6.3, silentUnits: 0.01, geluInput: -0.4 },
};
const changed = (validation: Partial<Signs['validation']>): Signs => ({
  ...good,
  validation: { ...(good.validation as NonNullable<Signs['validation']>), ...validation },
});
const namesOf = (signs: Signs): string[] => diagnose(signs).map(({ name }) => name);

const cases: readonly (readonly [string, string[], Signs, RegExp?])[] = [
  ['a good run', [], good],
  [
    'the first 1000 steps of configs/sotu.yaml, as measured',
    [],
    {
      ...good,
      gradNorms: Array.from({ length: 50 }, (_, i) => 1.01 + (i % 5) / 4),
      validation: { share: 1 / 18, loss: 6.066, contextFreeLoss: 5.838, unigramLoss: 6.388, silentUnits: 0, geluInput: -2.3 }, // prettier-ignore
    },
  ],
  [
    'its step 5000, where most of its units are silent',
    [],
    {
      ...good,
      gradNorms: Array.from({ length: 50 }, (_, i) => 1.21 + (i % 5) / 9),
      validation: { share: 5 / 18, loss: 4.646, contextFreeLoss: 5.838, unigramLoss: 6.388, silentUnits: 0.256, geluInput: -4.5 }, // prettier-ignore
    },
  ],
  [
    'its end, where norms are largest',
    [],
    {
      ...good,
      gradNorms: Array.from({ length: 50 }, (_, i) => 2.28 + (i % 5) / 8),
      validation: { share: 1, loss: 3.956, contextFreeLoss: 5.838, unigramLoss: 6.388, silentUnits: 0.102, geluInput: -2.7 }, // prettier-ignore
    },
  ],
  ['a run of which nothing is known', [], { ...good, unknownShare: undefined, duplicateShare: undefined, gradNorms: [], validation: undefined }], // prettier-ignore
  [
    'a loss at the baseline',
    ['plateau'],
    changed({ loss: 5.81 }),
    /5\.81, is at what can be had without context \(5\.80\)/,
  ],
  ['one that is hardly better', ['plateau'], changed({ loss: 5.79 })],
  ['one that is better', [], changed({ loss: 5.7 })],
  ['the same before half of the steps', [], changed({ loss: 5.81, share: 0.499 })],
  ['the same of a run whose length is not known', ['plateau'], changed({ loss: 5.81, share: undefined })], // prettier-ignore
  ['a loss that is no better than guessing', ['plateau'], changed({ loss: 6.31 }), /no better than guessing by frequency \(6\.30\)/], // prettier-ignore
  [
    'units that never fire',
    ['silentUnits'],
    changed({ silentUnits: 0.4, geluInput: -4.2 }),
    /^40 % of the FFN's units .* \(GELU's inputs are -4\.2 on average\)/,
  ],
  ['norms that are all clipped', ['clipping'], { ...good, gradNorms: Array.from({ length: 50 }, () => 30) }, /median of 30, and train\.clipNorm is 1/], // prettier-ignore
  ['the same without clipping', [], { ...good, clipNorm: 0, gradNorms: Array.from({ length: 50 }, () => 30) }],
  ['norms that are all clipped a little', [], { ...good, gradNorms: Array.from({ length: 50 }, () => 4) }],
  ['the same at the beginning', [], { ...good, gradNorms: Array.from({ length: 49 }, () => 30) }],
  ['many unknown tokens', ['unknownTokens'], { ...good, unknownShare: 0.05 }, /^5 % of the tokens are \[UNK\]/],
  ['duplicates', ['duplicates'], { ...good, duplicateShare: 0.2 }, /^20 % of the validation text/],
];

for (const [what, expected, signs, finding] of cases)
  test(`${what}: ${expected.join(', ') || 'nothing'}`, () => {
    assert.equal(namesOf(signs), expected);
    if (finding) assert.match(diagnose(signs)[0].finding, finding);
    for (const { advice } of diagnose(signs)) assert.match(advice, /^[a-z]/);
  });

test('shorter sequences are no advice where they are short already', () => {
  const { advice } = diagnose(changed({ loss: 5.81 }))[0];
  assert.match(advice, 'data.sequenceLength: 32');
  assert.not.match(diagnose({ ...changed({ loss: 5.81 }), sequenceLength: 32 })[0].advice, 'sequenceLength');
});

test('of a run by the clock, minutes tell how much is done', () => {
  const line = (event: string, second: number, more: object): string =>
    JSON.stringify({ event, step: second, time: new Date(1e12 + 1000 * second).toISOString(), ...more });
  const losses = { loss: 5.81, contextFreeLoss: 5.8, unigramLoss: 6.3 };
  const shareAt = (second: number): number | undefined => {
    const lines = [line('start', 0, {}), line('train', 1, { gradNorm: 1 }), line('validate', second, losses)];
    const config = { data: { sequenceLength: 32 }, train: { minutes: 1, clipNorm: 1 } } as Config;
    const record = { config, steps: undefined, metrics: readMetrics(lines.join('\n')) } as RunRecord;
    return recordSigns(record).validation?.share;
  };
  assert.ok(Math.abs((shareAt(15) ?? 0) - 0.25) < 1e-9);
  assert.ok(Math.abs((shareAt(45) ?? 0) - 0.75) < 1e-9);
});

test('a watch tells each thing once, counts the last lines only, and knows what is wrong at the end', () => {
  const watch = new RunWatch({ clipNorm: 1, unknownShare: 0.05, duplicateShare: 0 }, ['unknownTokens']);
  for (let i = 0; i < 10; i++) watch.train(0.5);
  for (let i = 0; i < 50; i++) watch.train(30);
  watch.train(Number.NaN); // a step of half precision that was skipped
  const { validation = {} } = good;
  assert.equal(watch.validate({ ...validation, silentUnits: 0.5 }).map(({ name }) => name), ['silentUnits', 'clipping']); // prettier-ignore
  assert.equal(watch.validate({ ...validation, silentUnits: 0.6 }), []);
  watch.train(0.5);
  assert.equal(watch.validate(validation), []);
  assert.equal(
    watch.all.map(({ name }) => name),
    ['unknownTokens'],
  );
});

test.run();
