import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunFacts } from '../../../src/train/pretrainView.ts';

import { LiveOutput } from '../../../src/cli/progress/output.ts';
import { preparationView } from '../../../src/cli/progress/preparation.ts';
import { progressView } from '../../../src/cli/progress/progressView.ts';
import { TimeLeft } from '../../../src/cli/progress/timeLeft.ts';

const facts = {
  config: {
    out: 'out',
    train: { steps: 40, accumulate: 2, batchWarmup: 0 },
    data: { corpus: ['a.txt', '!b.txt', 'c.txt'] },
    model: { preset: 'diagram', layers: 2, embeddingSize: 128, heads: 4 },
  },
  data: {
    statistics: {
      documents: 233,
      tokens: 1.938e6,
      trainTokens: 1.9e6,
      validationTokens: 38_000,
      unknownTokens: 0,
      mixture: [],
    },
    train: { stepsPerEpoch: 8, sequences: 80 },
    tokenizer: { vocabSize: 4096 },
  },
  device: { name: 'cpu', description: 'one thread' },
  parameters: 1.2e6,
  from: 30,
  length: { steps: 40 },
  seconds: 0,
  passedOver: [{ path: 'step-00000040', reason: 'broken' }],
  notices: ['device  is another'],
} as unknown as RunFacts;

/** An output that keeps what is written; `screen` is what a person sees, as far as \r and erasing to the end go. */
function output(isTTY: boolean, columns = 80) {
  let written = '';
  return {
    isTTY,
    columns,
    write: (text: string) => {
      written += text;
    },
    get written() {
      return written;
    },
    get screen() {
      return written.split('\n').map((line) => line.split('\r').at(-1)?.replace('\u001B[K', '') ?? '');
    },
  };
}

test('a run by the clock shows the share of its time, and no last step', () => {
  let now = 0;
  const terminal = output(true);
  const view = progressView(terminal, '', () => now);
  view.begin({ ...facts, from: 30, length: { seconds: 60 }, seconds: 20 });
  now = 10_000;
  view.step(31, 100);
  assert.match(terminal.screen.at(-1) ?? '', /^step 31 {2}█+[▏▎▍▌▋▊▉]?░+ {2}30 s left$/);
});

test('the time left is that of the last steps', () => {
  const timeLeft = new TimeLeft(0);
  assert.ok(Number.isNaN(timeLeft.seconds(10)));
  timeLeft.add(1000);
  assert.is(timeLeft.seconds(10), 10);
  timeLeft.add(4000);
  assert.is(timeLeft.seconds(10), 20);
  for (let i = 1; i <= 100; i++) timeLeft.add(4000 + 500 * i);
  assert.is(timeLeft.seconds(10), 5);
});

test('on a terminal the live line is drawn over, at most ten times a second, and lines stay above it', () => {
  let now = 0;
  const terminal = output(true, 20);
  const live = new LiveOutput(terminal, () => now);
  live.show((width) => `one ${width}`);
  live.show(() => 'too early');
  assert.equal(terminal.screen, ['one 19']);
  now = 100;
  live.show(() => 'two');
  assert.equal(terminal.screen, ['two']);
  live.print('stays');
  assert.equal(terminal.screen, ['stays', 'two']);
  live.clear();
  live.print('end');
  assert.equal(terminal.screen, ['stays', 'end', '']);
});

test('elsewhere there is no live line and no control character', () => {
  const file = output(false);
  const live = new LiveOutput(file);
  live.show(() => 'unseen');
  live.print('plain');
  live.clear();
  assert.is(file.written, 'plain\n');
});

test('a run is shown by a line for each of the log where there is no terminal', () => {
  let now = 0;
  const file = output(false);
  const view = progressView(file, 'bertrand go on', () => now);
  view.begin(facts);
  now = 2000;
  view.step(31, 100);
  view.train(31, { loss: 7, learningRate: 0.01, gradNorm: 1, tokensPerSecond: 50 });
  view.saved('out/checkpoints/step-00000031');
  view.stopping('SIGINT');
  view.stopped(31);
  assert.equal(file.screen, [
    'data    233 documents, 1.90 M tokens to train on, 38.0 k to validate on, 4096 in the vocabulary',
    'model   diagram: 2 blocks, embedding size 128, 4 heads, 1.20 M parameters',
    'device  cpu: one thread',
    'run     out',
    'passed over step-00000040: broken',
    'going on from step 30',
    'device  is another',
    'step 31/40  loss 7.0000  learning rate 1.00e-2  gradient norm 1.00  epoch 7.75  50 tokens/s  18 s left',
    'saved out/checkpoints/step-00000031',
    'SIGINT: saving after this step; once more to leave at once, without saving',
    'stopped at step 31, all is saved; go on with',
    '  bertrand go on',
    '',
  ]);
});

test('the share of unknown tokens stands with the data, where there are any', () => {
  const file = output(false);
  const statistics = { ...facts.data.statistics, unknownTokens: 0.209 * 1.938e6 };
  progressView(file, '').begin({ ...facts, data: { ...facts.data, statistics } });
  assert.match(file.screen[0], /38\.0 k to validate on, 20\.9 % of them unknown \(\[UNK\]\), 4096 in the vocabulary$/);
});

test('on a terminal only what is worth keeping stays', () => {
  let now = 0;
  const terminal = output(true);
  const view = progressView(terminal, 'bertrand go on', () => now);
  view.begin(facts);
  now = 2000;
  view.step(31, 100);
  view.train(31, { loss: 7, learningRate: 0.01, gradNorm: 1, tokensPerSecond: 50 });
  view.validate(31, {
    loss: 6,
    perplexity: 403,
    accuracy: 0.1,
    unigramLoss: 6.5,
    contextFreeLoss: 6.25,
    natsPerCharacter: 1.5,
    bitsPerByte: 2,
    count: 10,
  });
  view.saved('out/checkpoints/step-00000031');
  assert.match(
    terminal.screen.slice(7).join('|'),
    /^step 31\/40 {2}validation loss 6\.0000[^|]*\|step 31\/40 {2}[█░▏▎▍▌▋▊▉]+ {2}loss 7\.000 {2}18 s left {2}50 tokens\/s {2}epoch 7\.75$/,
  );
  view.finished(
    [{ before: 'the', truth: 'union', after: 'is', guesses: [{ token: 'union', probability: 0.5 }] }],
    false,
  );
  assert.ok(terminal.screen.some((line) => line.includes('the [union] is')));
  assert.equal(
    terminal.screen.slice(-9),
    [
      'loss    6.0000 nats on the validation text, 0.25 better than without context',
      '        1.5000 nats a character, 2.0000 bits a byte',
      'time    2 s for 1 step',
      'run     out',
      'next    npx bertrand fill-mask out "the [MASK] of"',
      '        npx bertrand evaluate out',
      '        npx bertrand report out --out out.html',
      '',
    ].toSpliced(0, 0, ''),
  );
  for (const line of terminal.screen.slice(-8)) assert.ok(line.length <= 80);
});

test('preparing shows a bar on a terminal, which goes when the stage is done', () => {
  const terminal = output(true, 60);
  const view = preparationView(terminal);
  view({ stage: 'counting words', done: 30, total: 100 });
  assert.match(terminal.screen[0], /^counting words {2}█{9}░{21} {2}30 %$/);
  view({ notice: 'the cache is damaged' });
  assert.is(terminal.screen[0], 'the cache is damaged');
  view({ stage: 'counting words', done: 100, total: 100 });
  assert.equal(terminal.screen, ['the cache is damaged', '']);
});

test('preparing says each stage once where there is no terminal', () => {
  const file = output(false);
  const view = preparationView(file);
  for (const done of [0, 50, 100]) view({ stage: 'counting words', done, total: 100 });
  for (const done of [0, 5]) view({ stage: 'encoding', done, total: 5 });
  assert.is(file.written, 'counting words\nencoding\n');
});

test.run();
