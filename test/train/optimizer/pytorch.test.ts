import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Tape } from '../../../src/autograd/tape.ts';
import type { Device } from '../../../src/kernels/device.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { optimizerDefaults } from '../../../src/train/config/optimizerRules.ts';
import { trainTable } from '../../../src/train/config/table/trainTable.ts';
import { openOptimizer } from '../../../src/train/optimizer/openOptimizer.ts';
import { goldenBatch, goldenModel, readGolden, unpack } from '../../bert/golden.ts';
import type { GoldenTraining } from '../../bert/golden.ts';

const reference = openReference();
const goldens = {
  adamw: readGolden('training'),
  stableadamw: readGolden('optimizers/stableadamw'),
  lion: readGolden('optimizers/lion'),
  muon: readGolden('optimizers/muon'),
};

/** The reference as a device whose arrays hold no more than so many elements. */
const limited = (largestArray: number): Device => Object.create(reference, { largestArray: { value: largestArray } });
const largest = Math.max(...goldenModel(goldens.adamw, reference).parameters.all.map(({ size }) => size));
/** The reference as a device whose matrices do not follow each other without gaps. */
const spaced: Device = Object.create(reference, { viewAlignment: { value: 100 } });
const arenas = { 'one arena': reference, 'arenas as small as may be': limited(largest), 'an arena with gaps': spaced };

for (const [where, device] of Object.entries(arenas))
  for (const [name, golden] of Object.entries(goldens))
    test(`${name}: ten steps with clipping, decay and dropout give PyTorch's losses, norms and weights, in ${where}`, () =>
      tenSteps(golden, device));

async function tenSteps(golden: GoldenTraining, device: Device): Promise<void> {
  const model = goldenModel(golden, device);
  if (device.largestArray === largest) assert.ok(model.parameters.arenas.length > 2, 'there should be several arenas');
  const { clipNorm, learningRate, ...settings } = golden.settings;
  const defaults = optimizerDefaults(golden.settings.name) as { optimizer?: object };
  const train = trainTable.parse({ clipNorm, optimizer: { ...defaults.optimizer, learningRate, ...settings } });
  const optimizer = openOptimizer(device, model.parameters, train);
  for (const [i, expected] of golden.losses.entries()) {
    const tape = new Tape(device, { seed: golden.seed, step: i + 1 });
    const loss = model.loss(tape, goldenBatch(golden));
    const value = loss.read();
    tape.backward(loss);
    const norm = await optimizer.step(learningRate);
    assert.ok(
      Math.abs((await value)[0] - expected) < 1e-6,
      `step ${i + 1}: loss ${(await value)[0]}, PyTorch ${expected}`,
    );
    assert.ok(
      Math.abs(norm - golden.norms[i]) < 1e-5 * golden.norms[i],
      `step ${i + 1}: norm ${norm}, PyTorch ${golden.norms[i]}`,
    );
  }
  assert.ok(
    golden.norms.some((norm) => norm > clipNorm),
    'clipping never happened',
  );
  for (const parameter of model.parameters.all) {
    // softmax does not see LLK's bias: its gradient is rounding, of which Lion takes the sign
    if (golden.settings.name === 'lion' && parameter.name.endsWith('LLK.bias')) continue;
    const found = await parameter.read();
    unpack(golden.trained[parameter.name].data).forEach((expected, i) =>
      assert.ok(Math.abs(found[i] - expected) < 1e-5, `${parameter.name}[${i}]: ${found[i]}, PyTorch ${expected}`),
    );
  }
}

test.run();
