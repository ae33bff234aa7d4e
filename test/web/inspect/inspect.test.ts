import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Bert } from '../../../src/bert/Bert.ts';
import { presetNames, presets } from '../../../src/bert/presets.ts';
import type { PresetName } from '../../../src/bert/presets.ts';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import type { Device } from '../../../src/kernels/device.ts';
import { AdamW } from '../../../src/train/optimizer/adamw.ts';
import { attentionMaps } from '../../../web/src/inspect/attentionMaps.ts';
import { boxReport } from '../../../web/src/inspect/boxReport.ts';
import { trainStep } from '../../../src/train/step.ts';
import { syntheticBatch } from '../../../src/train/measure/syntheticBatch.ts';

const sizes = { layers: 2, embeddingSize: 8, heads: 2, feedForwardSize: 12, vocabSize: 30, maxLength: 6, dropout: 0.1 };
const model = (device: Device, preset: PresetName = 'diagram'): Bert =>
  new Bert({ ...presets[preset], ...sizes }, 1).to(device);
const batch = syntheticBatch(3, 6, 30, 0.3);

test('attention maps: a distribution for each query of each head and layer, the same with and without fused kernels', async () => {
  const [reference, cpu] = [openReference(), await openCpu({ threads: 1 })];
  const [one, other] = await Promise.all([reference, cpu].map((device) => attentionMaps(device, model(device), batch)));
  assert.is(one.length, 2);
  for (const [layer, map] of one.entries()) {
    assert.is(map.length, 3 * 2 * 6 * 6);
    for (let row = 0; row < map.length; row += 6) {
      const total = map.subarray(row, row + 6).reduce((sum, value) => sum + value, 0);
      assert.ok(Math.abs(total - 1) < 1e-9, `row ${row / 6} adds up to ${total}`);
    }
    for (const [i, value] of map.entries()) assert.ok(Math.abs(value - other[layer][i]) < 1e-5);
  }
  await cpu.close();
});

const boxes = ['LN1', 'Attention', 'Attention.LLQ', 'Attention.softmax', 'middle', 'LN2', 'FFN.LL1', 'FFN.GELU', 'FFN'];
const shapes: Record<string, readonly number[]> = {
  'Attention.softmax': [3, 2, 6, 6],
  'FFN.LL1': [3, 6, 12],
  'FFN.GELU': [3, 6, 12],
};

for (const preset of presetNames)
  test(`every box of the diagram is found in preset ${preset}`, async () => {
    const device = openReference();
    const bert = model(device, preset);
    for (const path of boxes
      .flatMap((box) => [`encoder.TF.0.${box}`, `encoder.TF.1.${box}`])
      .filter((path) => path !== 'encoder.TF.0.LN1' || presets[preset].firstNorm)
      .concat('encoder.Embedding', 'encoder.TF.0', 'encoder')) {
      const report = await boxReport(device, bert, batch, path);
      assert.ok(report, path);
      const [, block, box = ''] = /^encoder(?:\.TF\.(\d)\.(.+))?$/.exec(path) ?? ['', '0'];
      const gated = box === 'FFN.LL1' && presets[preset].feedForward === 'geglu';
      const shape = gated ? [3, 6, 24] : (shapes[box] ?? [3, 6, 8]);
      // Of the last block only the predicted tokens are computed; the others are keys and values (and the scores, where no kernel is fused).
      const before = ['Attention.softmax', ...(preset === 'bert' ? [] : ['LN1'])];
      const predicted = block !== '0' && !before.includes(box);
      assert.equal(report.output.shape, predicted ? [batch.labels.length, ...shape.slice(2)] : shape, path);
      assert.ok(report.output.gradients, `${path} has no gradient`);
      for (const { name, gradients } of report.parameters) assert.ok(gradients && gradients.deviation > 0, name);
    }
    const [masked, words] = [batch.labels.length, 30];
    for (const path of ['decoder', 'decoder.LL']) {
      const decoder = await boxReport(device, bert, batch, path);
      assert.equal(decoder?.input?.shape, [masked, 8], path);
      assert.equal(decoder?.output.shape, [masked, words], path);
    }
    const softmax = await boxReport(device, bert, batch, 'decoder.softmax');
    const scores = await boxReport(device, bert, batch, 'decoder.LL');
    assert.equal(softmax?.input?.values, scores?.output.values);
    assert.ok(Math.abs((softmax?.output.values.mean ?? 0) - 1 / words) < 1e-12); // rows add up to 1
    assert.ok((softmax?.output.values.least ?? 0) > 0);
    const loss = await boxReport(device, bert, batch, 'loss');
    assert.equal(loss?.input?.values, softmax?.output.values);
    assert.equal(loss?.input?.shape, [masked, words]);
    assert.equal(loss?.output.shape, []);
    assert.is(loss?.output.gradients?.mean, 1);
    assert.equal(loss?.parameters, []);
    assert.is(await boxReport(device, bert, batch, 'encoder.TF.7'), undefined);
  });

test('dropout is looked into as it is in training: a share of what comes in becomes 0, the rest grows', async () => {
  const device = openReference();
  for (const [preset, path] of [
    ['diagram', 'encoder.TF.0.Dropout1'],
    ['diagram', 'encoder.TF.1.Attention.Dropout'],
    ['codertimo', 'encoder.TF.0.Attention.probabilityDropout'],
    ['codertimo', 'encoder.TF.0.FFN.Dropout'],
  ] as const) {
    const report = await boxReport(device, model(device, preset), batch, path);
    assert.ok(report?.input, path);
    assert.equal(report.output.shape, report.input.shape, path);
    const { least, greatest } = report.input.values;
    const all = [Math.min(0, least / 0.9), greatest / 0.9];
    assert.ok(report.output.values.least >= all[0] - 1e-12 && report.output.values.greatest <= all[1] + 1e-12, path);
    assert.not.equal(report.output.values.mean, report.input.values.mean, path);
    assert.ok(report.output.gradients, path);
  }
});

test('the numbers are those of the box: LayerNorm gives mean 0 and deviation 1, and takes what the block is given', async () => {
  const device = openReference();
  const bert = model(device);
  const norm = await boxReport(device, bert, batch, 'encoder.TF.0.LN1');
  const embedding = await boxReport(device, bert, batch, 'encoder.Embedding');
  assert.ok(norm && embedding);
  assert.ok(Math.abs(norm.output.values.mean) < 1e-9);
  assert.ok(Math.abs(norm.output.values.deviation - 1) < 1e-3);
  assert.equal(norm.input?.values, embedding.output.values);
  assert.is(
    norm.input?.values.histogram.reduce((a, b) => a + b),
    3 * 6 * 8,
  );
});

test('looking changes nothing in what is learnt, and leaves no memory behind', async () => {
  const losses = async (look: boolean): Promise<number[]> => {
    const device = await openCpu({ threads: 1 });
    const bert = model(device);
    const options = { betas: [0.9, 0.98], epsilon: 1e-6, weightDecay: 0.01, clipNorm: 1 } as const;
    const learner = { device, model: bert, optimizer: new AdamW(device, bert.parameters, options) };
    const live = device.memory.live;
    const all: number[] = [];
    for (let step = 1; step <= 4; step++) {
      if (look) {
        await boxReport(device, bert, batch, 'encoder.TF.0.FFN');
        await attentionMaps(device, bert, batch);
        assert.is(device.memory.live, live);
      }
      all.push(await trainStep(learner, [batch], 1, step, 1e-2).loss);
    }
    await device.close();
    return all;
  };
  assert.equal(await losses(true), await losses(false));
});

test.run();
