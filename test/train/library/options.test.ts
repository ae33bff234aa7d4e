import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AdamW, Bert, dataFromTexts, Lion, Muon, openDevice, presets } from '../../../src/index.ts';
import { messageOf } from '../../messageOf.ts';

const device = await openDevice('reference');
const vocabSize = 20;
const texts = Array(60).fill('the cat sat on the mat and the dog on the rug') as string[];

test('what is left out has the defaults of a config', async () => {
  const { options } = new Bert({ preset: 'bert', layers: 1, vocabSize });
  assert.is(options.embeddingSize, 256);
  assert.is(options.maxLength, 128);
  assert.is(options.norm, presets.bert.norm);
  assert.is(options.segments, presets.bert.segments);
  const data = await dataFromTexts(texts, { sequenceLength: 8, tokenizer: { vocabSize: 60 }, batchSize: 2 });
  const { ids } = await data.train.at(1);
  assert.is(ids.length, 16);
});

for (const [what, make, pattern] of [
  [
    'a typo',
    () => dataFromTexts(texts, { sequenceLenght: 8 } as object),
    /^dataFromTexts: sequenceLenght: .*sequenceLength/,
  ],
  ['a wrong number', () => dataFromTexts(texts, { batchSize: 0 }), /^dataFromTexts: batchSize: found 0; expected/],
  [
    'a number too large',
    () => dataFromTexts(texts, { validationProbability: 2 }),
    /^dataFromTexts: validationProbability: found 2/,
  ],
  [
    'heads that do not divide',
    () => new Bert({ embeddingSize: 64, heads: 3, vocabSize }),
    /^Bert: heads: found 3; expected a divisor of embeddingSize, which is 64; write 2, or change embeddingSize/,
  ],
  ['too much dropout', () => new Bert({ dropout: 2, vocabSize }), /^Bert: dropout: found 2; expected/],
  [
    'no vocabulary',
    () => new Bert({} as never),
    /^Bert: vocabSize: found undefined; expected a whole number from 1 on$/,
  ],
  ['an unknown preset', () => new Bert({ preset: 'gpt' as never, vocabSize }), /^Bert: preset: found the text "gpt"/],
  [
    'a negative decay',
    () => new AdamW(device, new Bert({ vocabSize }).parameters, { weightDecay: -1 }),
    /^AdamW: weightDecay: found -1/,
  ],
  [
    'betas of one',
    () => new AdamW(device, new Bert({ vocabSize }).parameters, { betas: [0.9, 1] }),
    /^AdamW: betas\.1: found 1/,
  ],
  [
    'an epsilon for Lion, which has none',
    () => new Lion(device, new Bert({ vocabSize }).parameters, { epsilon: 1e-8 } as never),
    /^Lion: epsilon: found 1e-8; expected nothing/,
  ],
  [
    "AdamW's share of nothing",
    () => new Muon(device, new Bert({ vocabSize }).parameters, { adamShare: 0 }),
    /^Muon: adamShare: found 0; expected/,
  ],
] as const)
  test(`${what} gets the message of a config`, async () => {
    assert.match(await messageOf(async () => make()), pattern);
  });

test('several problems are reported at once', async () => {
  const message = await messageOf(() => new Bert({ heads: 0, dropout: 1, vocabSize }));
  assert.equal(
    message.split('\n').map((line) => line.split(': ')[1]),
    ['heads', 'dropout'],
  );
});

test.run();
