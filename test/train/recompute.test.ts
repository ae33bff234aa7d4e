import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { presets } from '../../src/bert/presets.ts';
import type { Device } from '../../src/kernels/device.ts';
import { openCpu } from '../../src/kernels/cpu/index.ts';
import { openReference } from '../../src/kernels/reference/index.ts';
import { resolveConfig } from '../../src/train/config/resolveConfig.ts';
import { dryRun, STANDARD } from '../../src/train/measure/dryRun.ts';
import { memoryFits } from '../../src/train/measure/memoryFit.ts';
import { syntheticBatch } from '../../src/train/measure/syntheticBatch.ts';
import { syntheticTraining } from '../../src/train/measure/syntheticTraining.ts';
import { openForTests } from '../kernels/webgpu/openForTests.ts';

const CONFIG = `
out: nowhere
data: { corpus: [nothing], sequenceLength: 40, tokenizer: { vocabSize: 100 } }
model: { layers: 5, embeddingSize: 32, heads: 2, feedForwardSize: 64, dropout: 0.2 }
train: { steps: 10, batchSize: 3, accumulate: 2 }
`;

/** Losses, gradient norms and memory of a few steps. */
async function steps(device: Device, preset: string, recompute: string) {
  const settings = [`model.preset=${preset}`, `train.recompute=${recompute}`];
  const { run } = syntheticTraining(resolveConfig(CONFIG, 'test.yaml', settings), 100, device);
  const before = device.memory.live;
  const results: number[] = [];
  for (let step = 1; step <= 3; step++) {
    const { loss, gradNorm } = run(step);
    results.push(await loss, await gradNorm);
    assert.is(device.memory.live, before, 'everything is freed');
  }
  return { results, activations: device.memory.peak - before };
}

const open: Record<string, () => Promise<Device>> = {
  cpu: () => openCpu({ threads: 2 }),
  reference: () => Promise.resolve(openReference()),
};
const webgpu = await openForTests();
if (webgpu) {
  await webgpu.close();
  open.webgpu = () => openForTests() as Promise<Device>;
}
for (const [name, opened] of Object.entries(open))
  test(`${name}: recomputing blocks gives the same bits in half of the memory, with dropout in every preset`, async () => {
    for (const preset of Object.keys(presets)) {
      const found = [];
      for (const recompute of ['none', 'blocks']) {
        const device = await opened();
        found.push(await steps(device, preset, recompute));
        await device.close();
      }
      const [kept, made] = found;
      assert.equal(made.results, kept.results, preset);
      assert.ok(made.activations < 0.55 * kept.activations, `${preset}: ${made.activations} of ${kept.activations}`);
    }
  });

const base = {
  ...presets.bert,
  vocabSize: 30522,
  layers: 12,
  embeddingSize: 768,
  heads: 12,
  feedForwardSize: 3072,
  maxLength: 512,
  dropout: 0.1,
};

test("at BERT-base's shape recomputing leaves a fifth of the activations", () => {
  const batch = syntheticBatch(32, 128, base.vocabSize, 0.15);
  const [kept, made] = [dryRun(base, batch), dryRun(base, batch, { ...STANDARD, recompute: 'blocks' })];
  assert.is(made.parameterMemory, kept.parameterMemory);
  assert.ok(made.peakMemory - made.parameterMemory < 0.2 * (kept.peakMemory - kept.parameterMemory));
  assert.ok(made.peakMemory < 2.145e9, `${made.peakMemory}`); // half of the 4.29 GB that it took before
  assert.ok(made.flops < 1.34 * kept.flops);
});

test('what is said to fit a memory does, and not much more', () => {
  for (const { memory, batch } of memoryFits(base, 128, 0.15, STANDARD, [4, 8]))
    for (const recompute of ['none', 'blocks'] as const) {
      const filled = (sequences: number): number =>
        dryRun(base, syntheticBatch(sequences, 128, base.vocabSize, 0.15), { ...STANDARD, recompute }).peakMemory /
        (memory * 2 ** 30);
      assert.ok(filled(batch[recompute]) < 0.97, `${recompute}: ${batch[recompute]} fill ${filled(batch[recompute])}`);
      assert.ok(filled(Math.ceil(1.1 * batch[recompute])) > 0.9);
    }
});

test.run();
