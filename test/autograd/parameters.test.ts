import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { initialValues } from '../../src/autograd/parameters/initialise.ts';
import type { Initialise } from '../../src/autograd/parameters/initialise.ts';
import { Parameters } from '../../src/autograd/parameters/parameters.ts';
import { Linear } from '../../src/bert/Linear.ts';
import { presets } from '../../src/bert/presets.ts';
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

test('cut normal values end at the cut, and have the moments of a normal distribution without its tails', () => {
  // by integrating x^2 exp(-x^2 / 2) within the cut
  for (const [cutoff, narrowed] of [
    [1, 0.539_56],
    [2, 0.879_63],
    [3, 0.986_58],
  ]) {
    const values = valuesOf('a', 200_001, { normal: 0.02, cutoff });
    const sizes = values.map(Math.abs);
    const largest = Math.max(
      ...Array.from({ length: 100 }, (_, i) => Math.max(...sizes.subarray(2000 * i, 2000 * (i + 1)))),
    );
    assert.ok(largest <= Math.fround(0.02 * cutoff) && largest > 0.0199 * cutoff, `${cutoff}: ${largest}`);
    const found = deviation(values) / 0.02;
    assert.ok(Math.abs(found / narrowed - 1) < 0.006, `${cutoff}: ${found}`);
    assert.ok(Math.abs(values.reduce((total, value) => total + value, 0) / values.length) < 0.02 / 100);
    const within = sizes.filter((size) => size < 0.01).length / values.length;
    const share = 0.382_925 / [0.682_689, 0.954_5, 0.997_3][cutoff - 1]; // of a normal distribution within half a deviation
    assert.ok(Math.abs(within / share - 1) < 0.015, `${cutoff}: ${within}`);
  }
});

test('a path always gives the same values', () => {
  assert.equal(valuesOf('1/initial/x', 5, { normal: 1 }), valuesOf('1/initial/x', 5, { normal: 1 }));
  assert.not.equal(valuesOf('1/initial/x', 5, { normal: 1 }), valuesOf('2/initial/x', 5, { normal: 1 }));
});

test('what is cut away is drawn again: the other values are those of the whole distribution, in their order', () => {
  const whole = valuesOf('a', 1000, { normal: 1 }).filter((value) => Math.abs(value) <= 1);
  assert.equal(valuesOf('a', whole.length, { normal: 1, cutoff: 1 }), whole);
});

test('a large parameter, initialised piece by piece, has the same values as in one piece', async () => {
  const size = 2 ** 17 + 3;
  for (const initialise of [{ normal: 1 }, { normal: 1, cutoff: 1.5 }, { uniform: 1 }]) {
    const parameters = new Parameters(1);
    const large = parameters.in('a').matrix('large', [size], initialise);
    parameters.allocate(device);
    assert.equal(Float32Array.from(await large.read()), valuesOf('1/initial/a.large', size, initialise));
  }
});

test("a linear layer is initialised like PyTorch's: weights and biases uniform within 1 / sqrt(inputs)", async () => {
  const parameters = new Parameters(1);
  const layer = new Linear(parameters.in('LL'), 100, 400, true, presets.diagram.initialisation);
  parameters.allocate(device);
  for (const parameter of [layer.weight, layer.bias]) {
    const largest = Math.max(...((await parameter?.read()) ?? []).map(Math.abs));
    assert.ok(largest <= 0.1 && largest > 0.098, `${parameter?.name}: ${largest}`);
  }
});

test('gradients that backward did not reach are zeroed in the arena', async () => {
  const parameters = new Parameters(1);
  const layer = new Linear(parameters.in('LL'), 2, 2, false, presets.diagram.initialisation);
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
