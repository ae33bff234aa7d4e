import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareWithReference } from '../../../src/autograd/check/compareDevices.ts';
import type { Tape } from '../../../src/autograd/tape.ts';
import { Bert } from '../../../src/bert/Bert.ts';
import { presetNames, presets } from '../../../src/bert/presets.ts';
import type { Device } from '../../../src/kernels/device.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { resolveConfig } from '../../../src/train/config/resolveConfig.ts';
import { syntheticBatch } from '../../../src/train/measure/syntheticBatch.ts';
import { settled, syntheticTraining } from '../../../src/train/measure/syntheticTraining.ts';
import { openForTests } from './openForTests.ts';

const FUSED = [
  'linearInputGradient',
  'linearInputGradientAdd',
  'linearInputGradientGelu',
  'linearParameterGradients',
] as const;

/** The device without its fused kernels for gradients of linear layers, hence without LLQ, LLK and LLV as one. */
function plain(device: Device): Device {
  const has: Device['has'] = (kernel) => !FUSED.some((fused) => fused === kernel) && device.has(kernel);
  return Object.create(device, { has: { value: has } }) as Device;
}

/** Columns by 64, so that the parameters of LLQ, LLK and LLV follow each other without gaps. */
const sizes = { layers: 2, embeddingSize: 64, heads: 4, feedForwardSize: 96, vocabSize: 30, maxLength: 16 };
const config = (preset: string, accumulate: number) =>
  resolveConfig(
    `
out: nowhere
data: { corpus: [nothing], sequenceLength: 16, tokenizer: { vocabSize: 30 } }
model: { preset: ${preset}, layers: 2, embeddingSize: 64, heads: 4, feedForwardSize: 96 }
train: { steps: 10, batchSize: 4, accumulate: ${accumulate}, optimizer: { learningRate: 1e-3 } }
`,
    'test.yaml',
  );

async function losses(device: Device, preset: string, accumulate: number): Promise<number[]> {
  const { run } = syntheticTraining(config(preset, accumulate), sizes.vocabSize, device);
  const found: number[] = [];
  for (let step = 1; step <= 6; step++) found.push(await run(step).loss);
  return found;
}

async function launches(device: Device): Promise<ReadonlyMap<string, number>> {
  const { run } = syntheticTraining(config('bert', 1), sizes.vocabSize, device);
  await settled(run(1));
  const uses = await device.profile(() => settled(run(2)));
  return new Map(uses.map((use) => [use.kernel, use.launches]));
}

const reference = openReference();
for (const precision of ['f32', 'f16'] as const) {
  const webgpu = await openForTests({ precision });
  if (!webgpu) continue;

  for (const preset of precision === 'f32' ? presetNames : (['bert'] as const))
    test(`webgpu in ${precision}: gradients of ${preset}, whose LLQ, LLK and LLV are one product, agree with reference`, async () => {
      const build = (device: Device) => {
        const model = new Bert({ ...presets[preset], ...sizes, dropout: 0.1 }, 1).to(device);
        return {
          parameters: model.parameters.all,
          forward: (tape: Tape) => model.loss(tape, syntheticBatch(3, 16, 30, 0.3)),
        };
      };
      const { error, message } = await compareWithReference({ name: preset, build }, webgpu, reference);
      assert.ok(error <= 1, message);
    });

  for (const accumulate of precision === 'f32' ? [1, 2] : [1])
    test(`webgpu in ${precision}: ${accumulate} micro-batches give the losses of the plain kernels`, async () => {
      const found = await losses(webgpu, 'bert', accumulate);
      const expected = await losses(plain(webgpu), 'bert', accumulate);
      const allowed = precision === 'f32' ? 1e-6 : 2 ** -11;
      assert.ok(expected[5] < expected[0] - 0.05);
      for (const [i, loss] of expected.entries())
        assert.ok(Math.abs(found[i] / loss - 1) < allowed, `${found[i]}, ${loss}`);
    });

  test.after(() => webgpu.close());
}

const counted = await openForTests();
if (counted)
  test('webgpu: a block of BERT sums no rows and accumulates nothing by itself', async () => {
    const [found, before] = [await launches(counted), await launches(plain(counted))];
    assert.ok((before.get('sumRows') ?? 0) > 12 && (before.get('accumulate') ?? 0) > 6);
    assert.is(found.get('sumRows'), undefined);
    assert.is(found.get('linearInputGradientAdd'), 4); // one for each attention and feed-forward network
    assert.ok((found.get('accumulate') ?? 0) <= 2); // of the tied embedding, and of the last block's query
    await counted.close();
  });

test.run();
