import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Tape } from '../../src/autograd/tape.ts';
import { openCpu } from '../../src/kernels/cpu/index.ts';
import type { Device } from '../../src/kernels/device.ts';
import { openReference } from '../../src/kernels/reference/index.ts';
import type { Bert } from '../../src/bert/Bert.ts';
import { goldenBatch, goldenModel, gradientCases, readGolden, unpack } from './golden.ts';
import type { GoldenGradients } from './golden.ts';

/** On reference only the golden gradients are rounded to float32; on cpu the computation is too. */
const reference = { device: openReference(), loss: 1e-12, relative: 1e-6, absolute: 1e-12 };
const cpu = { device: await openCpu({ threads: 2 }), loss: 2e-6, relative: 1e-6, absolute: 3e-6 };

async function compare(
  name: string,
  { device, loss: lossTolerance, relative, absolute }: typeof reference,
): Promise<void> {
  const golden = readGolden(name);
  const model = goldenModel(golden, device);
  const loss = await backward(model, golden, device);
  assert.ok(Math.abs(loss - golden.loss) <= lossTolerance * golden.loss, `loss ${loss}, expected ${golden.loss}`);
  const gradients = Object.values(golden.gradients).map(({ data }) => unpack(data));
  const largest = Math.max(
    ...gradients.map((values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)),
  );
  assert.equal(model.parameters.all.map(({ name }) => name).toSorted(), Object.keys(golden.gradients).toSorted());
  for (const parameter of model.parameters.all) {
    const { shape, data } = golden.gradients[parameter.name];
    assert.equal([...parameter.shape], shape, parameter.name);
    const found = await parameter.readGradient();
    unpack(data).forEach((expected, i) =>
      assert.ok(
        Math.abs(found[i] - expected) <= relative * Math.abs(expected) + absolute * largest,
        `${parameter.name}[${i}]: ${found[i]}, PyTorch ${expected}`,
      ),
    );
  }
}

async function backward(model: Bert, golden: GoldenGradients, device: Device): Promise<number> {
  const tape = new Tape(device, { seed: golden.seed, step: golden.step });
  const loss = model.loss(tape, goldenBatch(golden));
  const value = loss.read();
  tape.backward(loss);
  return (await value)[0];
}

assert.ok(gradientCases.length >= 20, 'golden cases are missing');
for (const name of gradientCases) {
  test(`${name}: loss and every gradient equal PyTorch's on reference`, () => compare(name, reference));
  test(`${name}: loss and every gradient equal PyTorch's on cpu`, () => compare(name, cpu));
}

test.after(() => cpu.device.close());

test.run();
