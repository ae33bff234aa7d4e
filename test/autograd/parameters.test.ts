import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { initialValues } from '../../src/autograd/parameters/initialise.ts';
import type { Initialise } from '../../src/autograd/parameters/initialise.ts';
import { Parameters } from '../../src/autograd/parameters/parameters.ts';
import { Linear } from '../../src/bert/Linear.ts';
import { openReference } from '../../src/kernels/reference/index.ts';

const device = openReference();
const valuesOf = (path: string, size: number, initialise: Initialise): Float32Array => {
  const values = new Float32Array(size);
  initialValues(path, initialise)(values);
  return values;
};
const deviation = (values: ArrayLike<number>): number =>
  Math.sqrt(Array.from(values).reduce((total, value) => total + value * value, 0) / values.length);

test('normal values have the given deviation, uniform ones the given bound', () => {
  const normal = valuesOf('a', 40_001, { normal: 0.02 });
  assert.ok(Math.abs(deviation(normal) / 0.02 - 1) < 0.02, `${deviation(normal)}`);
  assert.ok(Math.abs(normal.reduce((total, value) => total + value, 0) / normal.length) < 0.02 / 40);
  const uniform = valuesOf('a', 40_000, { uniform: 0.1 });
  assert.ok(Math.abs(deviation(uniform) * Math.sqrt(3) - 0.1) < 0.002);
  assert.ok(uniform.every((value) => Math.abs(value) <= 0.1) && Math.max(...uniform) > 0.0999);
});

test('a path always gives the same values', () => {
  assert.equal(valuesOf('1/initial/x', 5, { normal: 1 }), valuesOf('1/initial/x', 5, { normal: 1 }));
  assert.not.equal(valuesOf('1/initial/x', 5, { normal: 1 }), valuesOf('2/initial/x', 5, { normal: 1 }));
});

test('a large parameter, initialised piece by piece, has the same values as in one piece', async () => {
  const size = 2 ** 17 + 3;
  for (const initialise of [{ normal: 1 }, { uniform: 1 }]) {
    const parameters = new Parameters(1);
    const large = parameters.in('a').matrix('large', [size], initialise);
    parameters.allocate(device);
    assert.equal(Float32Array.from(await large.read()), valuesOf('1/initial/a.large', size, initialise));
  }
});

test("a linear layer is initialised like PyTorch's: weights and biases uniform within 1 / sqrt(inputs)", async () => {
  const parameters = new Parameters(1);
  const layer = new Linear(parameters.in('LL'), 100, 400, true, 'uniform');
  parameters.allocate(device);
  for (const parameter of [layer.weight, layer.bias]) {
    const largest = Math.max(...((await parameter?.read()) ?? []).map(Math.abs));
    assert.ok(largest <= 0.1 && largest > 0.098, `${parameter?.name}: ${largest}`);
  }
});

test('gradients that backward did not reach are zeroed in the arena', async () => {
  const parameters = new Parameters(1);
  const layer = new Linear(parameters.in('LL'), 2, 2, false, 'uniform');
  parameters.allocate(device);
  const [{ gradients }] = parameters.arenas;
  device.write(gradients, new Float64Array(gradients.size).fill(7));
  layer.weight.hasGradient = true;
  parameters.zeroUntouched();
  assert.equal([...(await layer.weight.readGradient())], [7, 7, 7, 7]);
  parameters.clearGradients();
  parameters.zeroUntouched();
  assert.ok((await device.read(gradients)).slice(0, 4).every((value) => value === 0));
});

test('freeing parameters releases their memory', () => {
  const before = device.memory.live;
  const parameters = new Parameters(1);
  parameters.in('LL').matrix('weight', [3, 5], { normal: 1 });
  parameters.in('LL').constant('table', [4], new Float64Array(4));
  parameters.allocate(device);
  assert.ok(device.memory.live > before);
  parameters.free();
  assert.is(device.memory.live, before);
});

test.run();
