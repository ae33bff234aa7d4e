import { globals } from 'webgpu';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openWebGpu } from '../../../src/kernels/webgpu/index.ts';
import { resolveConfig } from '../../../src/train/config/resolveConfig.ts';
import { settled, syntheticTraining } from '../../../src/train/measure/syntheticTraining.ts';

const CONFIG = `
out: nowhere
data: { corpus: [nothing], sequenceLength: 32, tokenizer: { vocabSize: 200 } }
model: { preset: bert, layers: 3, embeddingSize: 32, heads: 2, feedForwardSize: 64 }
train: { steps: 10, batchSize: 4 }
`;

/** Counts calls of GPUDevice's methods that create something. */
function countMade(): Map<string, number> {
  const made = new Map<string, number>();
  const { GPUDevice } = globals as unknown as {
    GPUDevice: { prototype: Record<string, (...args: unknown[]) => unknown> };
  };
  const methods = GPUDevice.prototype;
  for (const name of [
    'createBuffer',
    'createBindGroup',
    'createComputePipeline',
    'createComputePipelineAsync',
    'createShaderModule',
  ]) {
    const original = methods[name];
    methods[name] = function (this: unknown, ...args: unknown[]): unknown {
      made.set(name, (made.get(name) ?? 0) + 1);
      return original.apply(this, args);
    };
  }
  return made;
}

test('no pipeline compiles synchronously, and from step 6 on no buffer, bind group or pipeline is created', async () => {
  const made = countMade();
  let compiled = 0;
  const device = await openWebGpu({ backend: 'null', onCompile: (done) => (compiled = Math.max(compiled, done)) });
  const { run } = syntheticTraining(resolveConfig(CONFIG, 'test.yaml'), 200, device);
  await settled(run(1));
  const first = made.get('createComputePipelineAsync') ?? 0;
  for (let step = 2; step <= 5; step++) await settled(run(step));
  assert.ok((made.get('createBindGroup') ?? 0) > 100, 'the counter counts');
  assert.is(made.get('createComputePipeline'), undefined, 'nothing compiles synchronously');
  assert.ok(first > 10 && compiled > 10, 'the first step heard of its pipelines');
  assert.is(made.get('createComputePipelineAsync'), first, 'the first step compiles all');
  made.clear();
  for (let step = 6; step <= 12; step++) await settled(run(step));
  await device.close();
  assert.equal([...made], []);
});

test.run();
