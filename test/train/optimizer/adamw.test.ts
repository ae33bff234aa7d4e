import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Tape } from '../../../src/autograd/tape.ts';
import type { Device } from '../../../src/kernels/device.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { AdamW } from '../../../src/train/optimizer/adamw.ts';
import { goldenBatch, goldenModel, readGolden, unpack } from '../../bert/golden.ts';

const golden = readGolden('training');
const reference = openReference();

/** The reference as a device whose arrays hold no more than so many elements. */
const limited = (largestArray: number): Device => Object.create(reference, { largestArray: { value: largestArray } });
const largest = Math.max(...goldenModel(golden, reference).parameters.all.map(({ size }) => size));

for (const [arenas, device] of [
  ['one arena', reference],
  ['arenas as small as may be', limited(largest)],
] as const)
  test(`ten steps with clipping, decay and dropout give the losses, norms and weights of PyTorch, in ${arenas}`, () =>
    tenSteps(device));

async function tenSteps(device: Device): Promise<void> {
  const model = goldenModel(golden, device);
  if (device !== reference) assert.ok(model.parameters.arenas.length > 2, 'there should be several arenas');
  const { learningRate, ...options } = golden.settings;
  const optimizer = new AdamW(device, model.parameters, options);
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
    golden.norms.some((norm) => norm > options.clipNorm),
    'clipping never happened',
  );
  for (const parameter of model.parameters.all) {
    const found = await parameter.read();
    unpack(golden.trained[parameter.name].data).forEach((expected, i) =>
      assert.ok(Math.abs(found[i] - expected) < 1e-5, `${parameter.name}[${i}]: ${found[i]}, PyTorch ${expected}`),
    );
  }
}

test('a restored optimizer goes on as the saved one would', async () => {
  const run = async (interrupted: boolean): Promise<Float64Array> => {
    const model = goldenModel(golden, reference);
    let optimizer = new AdamW(reference, model.parameters, golden.settings);
    for (let step = 1; step <= 4; step++) {
      const tape = new Tape(reference, { seed: 1, step });
      tape.backward(model.loss(tape, goldenBatch(golden)));
      await optimizer.step(0.01);
      if (interrupted && step === 2) {
        const state = await optimizer.state();
        optimizer = new AdamW(reference, model.parameters, golden.settings);
        optimizer.restore(state);
      }
    }
    return model.parameters.get('encoder.TF.0.FFN.LL1.weight').read();
  };
  const [whole, resumed] = [await run(false), await run(true)];
  assert.ok(whole.every((value, i) => Math.abs(value - resumed[i]) < 1e-6)); // moments pass through float32
});

test.run();
