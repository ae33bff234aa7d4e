import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { presetNames, presets } from '../../../src/bert/presets.ts';
import { trainTable } from '../../../src/train/config/table/trainTable.ts';
import { summarise } from '../../../src/train/measure/summary.ts';
import { syntheticBatch } from '../../../src/train/measure/syntheticBatch.ts';

const sizes = {
  layers: 3,
  embeddingSize: 32,
  heads: 4,
  feedForwardSize: 48,
  vocabSize: 100,
  maxLength: 16,
  dropout: 0.1,
};
const batch = syntheticBatch(4, 16, 100, 0.15);

for (const preset of presetNames)
  test(`${preset}: the boxes add up to the model, and their FLOPs to those of the kernels that a step runs`, () => {
    const { boxes, parameters, step } = summarise({ ...presets[preset], ...sizes }, batch);
    assert.is(
      boxes.reduce((total, box) => total + box.parameters, 0),
      parameters,
    );
    assert.is(
      boxes.reduce((total, box) => total + box.flops, 0),
      step.flops,
    );
  });

test('attention of local blocks is counted as its windows let through', () => {
  const options = { ...presets.modern, ...sizes, globalEvery: 2 };
  const flops = (localWindow: number): number => {
    const { boxes, step } = summarise({ ...options, localWindow }, batch);
    assert.is(
      [...step.flopsBy.values()].reduce((total, each) => total + each, 0),
      step.flops,
    );
    assert.is(
      boxes.reduce((total, box) => total + box.flops, 0),
      step.flops,
    );
    return step.flops;
  };
  const [whole, near] = [2 * 16, 4].map(flops);
  const seen = 4 * (5 * 16 - 2 * (1 + 2)); // two tokens to each side, but at a sequence's ends; the one block in the middle is local
  assert.is(whole - near, 12 * 32 * (4 * 16 * 16 - seen));
});

test('the parameters are counted as one counts them by hand', () => {
  const { boxes } = summarise({ ...presets.diagram, ...sizes }, batch);
  const of = (name: string): number => boxes.find(({ box }) => box === name)?.parameters ?? 0;
  assert.is(of('Embedding'), 100 * 32 + 2 * 32);
  assert.is(of('Attention'), 3 * 4 * (32 * 32 + 32));
  assert.is(of('FFN'), 3 * (32 * 48 + 48 + 48 * 32 + 32));
  assert.is(of('BertDecoder'), 32 * 100 + 100);
});

test('the memory of weights, gradients and optimizer is that of the optimizer in use', () => {
  const options = { ...presets.diagram, ...sizes };
  const memory = (train: object): number =>
    summarise(options, batch, trainTable.parse(train)).step.parameterMemory /
    (4 * summarise(options, batch).parameters);
  const hidden = 3 * (4 * 32 * 32 + 2 * 32 * 48);
  const share = hidden / summarise(options, batch).parameters;
  const near = (found: number, expected: number): void => assert.ok(Math.abs(found - expected) < 0.4, `${found}`);
  near(memory({}), 4);
  near(memory({ ema: 0.99 }), 5);
  near(memory({ optimizer: { name: 'lion' } }), 3);
  near(memory({ optimizer: { name: 'muon' } }), 4 - share);
});

test('half precision halves activations and what is read and written of them, but not weights, gradients and optimizer', () => {
  const options = { ...presets.bert, ...sizes };
  const many = syntheticBatch(64, 16, 100, 0.15); // activations take nearly all
  const [full, half] = ['f32', 'f16'].map(
    (precision) => summarise(options, many, trainTable.parse({ precision })).step,
  );
  assert.ok(half.parameterMemory - full.parameterMemory < 100, 'the loss scale is all that is added');
  const activations = ({ peakMemory, parameterMemory }: typeof full): number => peakMemory - parameterMemory;
  const ratios = [activations(half) / activations(full), half.bytes / full.bytes, half.flops / full.flops];
  const near = (found: number, expected: number): boolean => Math.abs(found - expected) < 0.06;
  assert.ok(near(ratios[0], 0.5) && near(ratios[1], 0.5) && ratios[2] === 1, ratios.join(', '));
});

test('sizes that no machine holds are counted all the same', () => {
  const { parameters } = summarise({ ...presets.diagram, ...sizes, embeddingSize: 65_536 }, batch);
  assert.ok(parameters > 3 * 4 * 65_536 ** 2);
});

test.run();
