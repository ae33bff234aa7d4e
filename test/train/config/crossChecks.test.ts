import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveConfig } from '../../../src/train/config/resolveConfig.ts';
import { problemsOf } from './problemsOf.ts';

const cases: readonly [text: string, problem: string][] = [
  [
    'model: { embeddingSize: 130 }',
    'a.yaml:1:25: model.heads: found 4 (the default); expected a divisor of model.embeddingSize, which is 130; write 5, or change model.embeddingSize',
  ],
  [
    'model: { dropoutAt: [embedding, embedding] }',
    'a.yaml:1:21: model.dropoutAt: found a list of 2; expected each place once; remove those that are there twice',
  ],
  [
    'model: { dropoutAt: [] }',
    'a.yaml:1:21: model.dropoutAt: found a list of 0; expected at least one place, as model.dropout is 0.1; name the places, or write model.dropout as 0',
  ],
  [
    'data: { packing: false, sequenceLength: 512 }\ntrain: { batchSize: 65 }',
    'a.yaml:2:21: train.batchSize: found 65; expected at most 64, as data.padding is false and model.heads is 4; lower it and raise train.accumulate, or write data.padding as true',
  ],
  [
    'data: { corpus: [a, b, "!c"], weights: [1] }',
    'a.yaml:1:40: data.weights: found a list of 1; expected one for each of the 2 patterns of data.corpus that leave nothing out; add or remove weights; {a,b}/*.txt is one pattern',
  ],
  [
    'data: { corpus: [a, b], weights: [1, 9999] }',
    'a.yaml:1:34: data.weights: found a list of 2; expected each at least 0.001 of their sum; raise the smallest, or leave out its text',
  ],
  [
    'data: { padding: true }',
    'a.yaml:1:18: data.padding: found true; expected false, as data.packing is true: packed sequences are all full; remove it, or write data.packing as false',
  ],
  [
    'data: { masking: { mask: 0.95 } }',
    'a.yaml:1:26: data.masking.random: found 0.1 (the default); expected at most 1 together with data.masking.mask, which is 0.95; lower one of the two',
  ],
  [
    'train: { steps: 10, schedule: { warmup: 11 } }',
    'a.yaml:1:41: train.schedule.warmup: found 11; expected at most train.steps, which is 10; lower it, or write it as a share of the steps, such as 0.06',
  ],
  [
    'device: cpu\ntrain: { precision: f16 }',
    'a.yaml:2:21: train.precision: found the text "f16"; expected f32, as the device is cpu: only webgpu computes in f16; write f32, or device: webgpu',
  ],
  [
    'device: webgpu\ntrain: { precision: bf16 }',
    'a.yaml:2:21: train.precision: found the text "bf16"; expected f32 or f16, as the device is webgpu: only cpu computes in bf16; write f16, or device: cpu',
  ],
  [
    'device: reference\ntrain: { precision: bf16 }',
    'a.yaml:2:21: train.precision: found the text "bf16"; expected f32, as the device is reference: only cpu computes in bf16; write f32, or device: cpu',
  ],
  [
    'cpu: { products: blas }\ntrain: { precision: bf16 }',
    'a.yaml:1:18: cpu.products: found the text "blas"; expected auto, native or emulated, as train.precision is bf16; write auto, or change train.precision',
  ],
  [
    'cpu: { products: emulated }',
    'a.yaml:1:18: cpu.products: found the text "emulated"; expected another choice, as train.precision is f32; write auto, or change train.precision',
  ],
  [
    'train: { schedule: { name: constant, final: 0.1 } }',
    'a.yaml:1:45: train.schedule.final: found 0.1; expected 0, as train.schedule.name is constant, which has no use for it; remove it, or choose linear or cosine',
  ],
];

for (const [text, problem] of cases) test(`refuses ${text}`, () => assert.equal(problemsOf(text), [problem]));

test('accepts what just fits', () => {
  for (const text of [
    'model: { embeddingSize: 130, heads: 13 }',
    'model: { dropoutAt: [], dropout: 0 }',
    'data: { packing: false, padding: true }',
    'data: { packing: false, sequenceLength: 512 }\ntrain: { batchSize: 64 }',
    'data: { masking: { mask: 0.9, random: 0.1 } }',
    'train: { steps: 10, schedule: { warmup: 10 } }',
    'train: { schedule: { name: cosine, final: 0.1 } }',
    'device: webgpu\ntrain: { precision: f16 }',
    'device: auto\ntrain: { precision: f16 }',
    'device: auto\ntrain: { precision: bf16 }',
    'device: cpu\ncpu: { products: emulated }\ntrain: { precision: bf16 }',
  ])
    resolveConfig(text, 'a.yaml');
});

test('a key that is misspelt or wrong gives no second problem', () => {
  assert.is(problemsOf('model: { embedingSize: 96, heads: 96 }').length, 1);
  assert.is(problemsOf('model: { embeddingSize: big, heads: 96 }').length, 1);
  assert.is(problemsOf('model: { heads: 96 }', ['model.embeddingSize=[']).length, 1);
  assert.is(problemsOf('train: { steps: few, schedule: { warmup: 5000 } }').length, 1);
});

test.run();
