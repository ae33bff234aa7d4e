import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunFacts } from '../../../src/train/pretrainView.ts';
import { bar, barLine } from '../../../src/cli/progress/bar.ts';
import { formatCount, formatDuration } from '../../../src/cli/progress/format.ts';
import { lengthAtSpeed, lengthWords } from '../../../src/cli/progress/lengthLines.ts';
import { liveLine, trainLine, validateLine } from '../../../src/cli/progress/trainingLines.ts';

const progress = {
  step: 50,
  steps: 400,
  epochsAStep: 0.01,
  loss: 6.12345,
  tokensPerSecond: 12_345,
  secondsLeft: 200,
  compiling: undefined,
};

test('counts have three digits and a unit', () => {
  const cases: [number, string][] = [[0, '0'], [999, '999'], [999.6, '1.00 k'], [12_345, '12.3 k'], [99_951, '100 k'], [1.2e6, '1.20 M'], [3e9, '3.00 G'], [-5000, '-5.00 k'], [Number.NaN, '?']]; // prettier-ignore
  for (const [value, text] of cases) assert.is(formatCount(value), text);
});

test('durations have their two largest units', () => {
  const cases: [number, string][] = [[0, '0 s'], [-1, '0 s'], [59.4, '59 s'], [59.6, '1 min'], [200, '3 min 20 s'], [3599.7, '1 h'], [7500, '2 h 5 min'], [86_399, '1 d'], [100_800, '1 d 4 h'], [Number.NaN, '?']]; // prettier-ignore
  for (const [seconds, text] of cases) assert.is(formatDuration(seconds), text);
});

test('a bar has its width, whatever the fraction', () => {
  assert.is(bar(0, 4), '░░░░');
  assert.is(bar(0.5, 4), '██░░');
  assert.is(bar(0.53, 4), '██▏░');
  assert.is(bar(1, 4), '████');
  for (const fraction of [-1, 0, 0.01, 0.999, 1, 2]) assert.is(bar(fraction, 7).length, 7);
});

test('the live line says step, loss, time left and speed', () => {
  const line = liveLine(progress, 120);
  assert.match(
    line,
    /^step {2}50\/400 {2}█{3}▊░{26} {2}loss 6\.123 {2}3 min 20 s left {2}12\.3 k tokens\/s {2}epoch 0\.50$/,
  );
  const first = liveLine({ ...progress, step: 0, loss: undefined, tokensPerSecond: NaN, secondsLeft: NaN }, 100);
  assert.match(first, /^step {3}0\/400 {2}░{30}$/);
  const waiting = liveLine({ ...progress, step: 0, compiling: { done: 3, total: 30 } }, 100);
  assert.match(waiting, /^step {3}0\/400 .*compiling shaders 3 of 30/);
});

test('on any width the live line fits, and the most important stays', () => {
  for (let width = 1; width <= 120; width++) assert.ok(liveLine(progress, width).length <= width, `width ${width}`);
  assert.is(liveLine(progress, 62), 'step  50/400  loss 6.123  3 min 20 s left  12.3 k tokens/s');
  assert.is(liveLine(progress, 50), 'step  50/400  ▉░░░░░░  loss 6.123  3 min 20 s left');
  assert.is(liveLine(progress, 30), 'step  50/400  loss 6.123');
  assert.is(liveLine(progress, 12), 'step  50/400');
  assert.is(barLine('', 0.5, [], 10).length, 8);
});

test('plain lines say what the live line does, and more', () => {
  assert.is(
    trainLine(progress, { loss: 6.12345, learningRate: 0.001, gradNorm: 1.5 }),
    'step  50/400  loss 6.1235  learning rate 1.00e-3  gradient norm 1.50  epoch 0.50  12.3 k tokens/s  3 min 20 s left',
  );
  const evaluation = {
    loss: 6,
    perplexity: Math.exp(6),
    accuracy: 0.1234,
    unigramLoss: 6.5,
    contextFreeLoss: 6.25,
    natsPerCharacter: 1.5,
    bitsPerByte: 2,
    count: 10,
  };
  assert.is(
    validateLine(50, 400, evaluation),
    'step  50/400  validation loss 6.0000  0.25 better than without context, 0.50 better than by frequency  perplexity 403  accuracy 12.3 %',
  );
  assert.match(
    validateLine(50, 400, { ...evaluation, contextFreeLoss: 5 }),
    /1\.00 worse than without context, 0\.50 better/,
  );
});

test('each length of a run has its words, and what it comes to at a speed', () => {
  const none = { steps: 'none', tokens: 'none', epochs: 'none', minutes: 'none' } as const;
  const said = (train: object): (string | undefined)[] => {
    const config = { train: { ...none, ...train } } as unknown as RunFacts['config'];
    return [lengthWords(config), lengthAtSpeed(config, 1000, 500)];
  };
  assert.equal(said({ steps: 30 }), [
    '30 steps',
    "the run's 30 steps take about 1 min, validation and saving left out",
  ]);
  assert.equal(said({ tokens: 30_000 }), ['30.0 k tokens', "the run's 30.0 k tokens take about 1 min, validation and saving left out"]); // prettier-ignore
  assert.equal(said({ minutes: 1 }), ['1 min', "the run's 1 min are about 30 steps, validation and saving left out"]);
  assert.equal(said({ epochs: 2.5 }), ['2.5 epochs', undefined]);
});

test.run();
