import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Tape } from '../../src/autograd/tape.ts';
import { openReference } from '../../src/kernels/reference/index.ts';
import { goldenBatch, goldenModel, gradientCases, readGolden, unpack } from './golden.ts';

const reference = openReference();
/** The golden gradients are float64 results kept as float32. */
const ROUNDING = 1e-6;

assert.ok(gradientCases.length >= 20, 'golden cases are missing');
for (const name of gradientCases)
  test(`${name}: loss and every gradient are PyTorch's`, async () => {
    const golden = readGolden(name);
    const model = goldenModel(golden, reference);
    const tape = new Tape(reference, { seed: golden.seed, step: golden.step });
    const loss = model.loss(tape, goldenBatch(golden));
    const value = loss.read();
    tape.backward(loss);
    assert.ok(Math.abs((await value)[0] - golden.loss) < 1e-12, `loss ${(await value)[0]}, expected ${golden.loss}`);
    assert.equal(model.parameters.all.map(({ name }) => name).toSorted(), Object.keys(golden.gradients).toSorted());
    for (const parameter of model.parameters.all) {
      const { shape, data } = golden.gradients[parameter.name];
      assert.equal([...parameter.shape], shape, parameter.name);
      const found = await parameter.readGradient();
      unpack(data).forEach((expected, i) =>
        assert.ok(
          Math.abs(found[i] - expected) <= ROUNDING * Math.abs(expected) + 1e-12,
          `${parameter.name}[${i}]: ${found[i]}, PyTorch ${expected}`,
        ),
      );
    }
  });

test.run();
