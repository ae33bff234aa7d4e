import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Tape } from '../../src/autograd/tape.ts';
import { BertClassifier } from '../../src/bert/BertClassifier.ts';
import type { ClassifierOptions } from '../../src/bert/BertClassifier.ts';
import { presets } from '../../src/bert/presets.ts';
import { openCpu } from '../../src/kernels/cpu/index.ts';
import type { Device } from '../../src/kernels/device.ts';
import { openReference } from '../../src/kernels/reference/index.ts';

const sizes = {
  layers: 2,
  embeddingSize: 16,
  heads: 2,
  feedForwardSize: 24,
  vocabSize: 30,
  maxLength: 8,
  dropout: 0.1,
};
const batch = {
  batch: 1,
  length: 8,
  ids: Int32Array.of(1, 5, 6, 2, 1, 7, 8, 2),
  segments: new Int32Array(8),
  spans: Int32Array.of(0, 4, 0, 4, 0, 4, 0, 4, 4, 8, 4, 8, 4, 8, 4, 8),
  positions: Int32Array.of(0, 4),
  labels: Int32Array.of(0, 1),
};

/** A training pass: the gradients of what is trained, the parameters' memory and the work of backward in FLOPs. */
async function pass(device: Device, preset: 'bert' | 'modern', frozen: NonNullable<ClassifierOptions['frozen']>) {
  const before = device.memory.live;
  const head = { task: 'sequence', labels: 2, dropout: 0.1, frozen } as const;
  const model = new BertClassifier({ ...presets[preset], ...sizes }, head, 3).to(device);
  const memory = device.memory.live - before;
  const uses = await device.profile(async () => {
    const tape = new Tape(device, { seed: 1, step: 1 });
    const loss = model.loss(tape, batch);
    const value = loss.read();
    tape.backward(loss);
    await value;
  });
  const gradients = new Map<string, Float64Array>();
  for (const parameter of model.parameters.all)
    if (parameter.requiresGradient) gradients.set(parameter.name, await parameter.readGradient());
  const flops = uses.reduce((sum, use) => sum + use.flops, 0);
  const { all } = model.parameters;
  const untouched = all.filter(({ requiresGradient, hasGradient }) => !requiresGradient && !hasGradient);
  model.parameters.free();
  return { gradients, memory, flops, all, frozen: untouched };
}

for (const preset of ['bert', 'modern'] as const)
  for (const open of [openReference, openCpu])
    test(`${preset} with ${open.name}: what is frozen has no gradient, costs no work, and changes no other gradient`, async () => {
      const device = await open();
      const free = await pass(device, preset, { embeddings: false, blocks: 0 });
      for (const frozen of [
        { embeddings: true, blocks: 1 },
        { embeddings: false, blocks: 2 }, // gradients go through the blocks to the embedding
      ]) {
        const found = await pass(device, preset, frozen);
        assert.ok(found.gradients.size < free.gradients.size && found.gradients.size > 2);
        for (const [name, values] of found.gradients) assert.equal(values, free.gradients.get(name), name);
        const size = found.frozen.reduce((sum, parameter) => sum + parameter.size, 0);
        assert.is(found.frozen.length, found.all.length - found.gradients.size);
        assert.ok(free.memory - found.memory >= 0.9 * 4 * size, `${free.memory} bytes, then ${found.memory}`);
        const products = frozen.embeddings ? 0.2 : 0.15;
        assert.ok(found.flops < (1 - products) * free.flops, `${free.flops} FLOPs, then ${found.flops}`);
        assert.throws(() => found.frozen[0].gradients, /is frozen: it has no gradient/);
      }
      await device.close();
    });

test.run();
