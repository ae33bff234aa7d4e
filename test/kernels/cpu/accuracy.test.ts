import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import type { Device } from '../../../src/kernels/device.ts';
import { erf } from '../../../src/kernels/reference/erf.ts';

const devices: Record<string, Device> = {
  plain: await openCpu({ threads: 1, fusedMultiplyAdd: false }),
  fused: await openCpu({ threads: 1 }),
};
const SIZE = 40001;

const grid = (low: number, high: number): Float32Array =>
  Float32Array.from({ length: SIZE }, (_, i) => low + ((high - low) * i) / (SIZE - 1));

/** The kernels' exp, through crossEntropyBackward: exp(logit - 0) * 1, except in the label's column. */
async function exp(device: Device, x: Float32Array): Promise<ArrayLike<number>> {
  const columns = x.length + 1;
  const { dlogits } = device.launch(
    'crossEntropyBackward',
    {
      logits: device.upload('f32', [...x, 0]),
      labels: device.upload('i32', [x.length]),
      logSumExp: device.upload('f32', [0]),
      dlosses: device.upload('f32', [1]),
    },
    { rows: 1, columns },
  );
  return device.read(dlogits);
}

async function gelu(device: Device, x: Float32Array, tanh: number): Promise<ArrayLike<number>> {
  const { y } = device.launch('gelu', { x: device.upload('f32', x) }, { size: x.length, tanh });
  return device.read(y);
}

async function slope(device: Device, x: Float32Array, tanh: number): Promise<ArrayLike<number>> {
  const inputs = { x: device.upload('f32', x), dy: device.upload('f32', new Float32Array(x.length).fill(1)) };
  return device.read(device.launch('geluBackward', inputs, { size: x.length, tanh }).dx);
}

const worst = (x: Float32Array, error: (x: number, i: number) => number): number =>
  x.reduce((most, value, i) => Math.max(most, error(value, i)), 0);

const argument = (x: number): number => Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
const tanhSlope = (x: number): number => Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);

for (const [name, device] of Object.entries(devices)) {
  test(`${name}: exp has a relative error below 2e-7 from -87 to 88`, async () => {
    for (const [low, high] of [
      [-87, 88],
      [-1, 1],
    ] as const) {
      const x = grid(low, high);
      const y = await exp(device, x);
      const error = worst(x, (value, i) => Math.abs((y[i] ?? NaN) / Math.exp(value) - 1));
      assert.ok(error < 2e-7, `relative error ${error}`);
    }
  });

  test(`${name}: exp of very small numbers is 0 and exp of 0 is 1`, async () => {
    const y = await exp(device, Float32Array.of(-88, -1e9, -Infinity, 0, -0));
    assert.equal(Array.from(y).slice(0, 5), [0, 0, 0, 1, 1]);
  });

  test(`${name}: GELU by erf is within 4e-7, in its tail also relatively`, async () => {
    const x = grid(-13, 13);
    const y = await gelu(device, x, 0);
    const error = worst(
      x,
      (value, i) => Math.abs((y[i] ?? NaN) - 0.5 * value * (1 + erf(value / Math.SQRT2))) / Math.max(1, value),
    );
    assert.ok(error < 4e-7, `error ${error}`);
    const tail = grid(-4, -1);
    const z = await gelu(device, tail, 0);
    const relative = worst(tail, (value, i) =>
      Math.abs((z[i] ?? NaN) / (0.5 * value * (1 - erf(-value / Math.SQRT2))) - 1),
    );
    assert.ok(relative < 2e-6, `relative error of the tail ${relative}`);
  });

  test(`${name}: GELU by tanh is within 4e-7`, async () => {
    const x = grid(-13, 13);
    const y = await gelu(device, x, 1);
    const error = worst(
      x,
      (value, i) => Math.abs((y[i] ?? NaN) - 0.5 * value * (1 + Math.tanh(argument(value)))) / Math.max(1, value),
    );
    assert.ok(error < 4e-7, `error ${error}`);
  });

  test(`${name}: the derivatives of GELU are within 6e-7`, async () => {
    const x = grid(-13, 13);
    const [exact, approximate] = [await slope(device, x, 0), await slope(device, x, 1)];
    const error = worst(x, (value, i) => {
      const density = Math.exp(-0.5 * value * value) / Math.sqrt(2 * Math.PI);
      return Math.abs((exact[i] ?? NaN) - 0.5 * (1 + erf(value / Math.SQRT2)) - value * density);
    });
    assert.ok(error < 6e-7, `erf: ${error}`);
    const other = worst(x, (value, i) => {
      const t = Math.tanh(argument(value));
      return Math.abs((approximate[i] ?? NaN) - 0.5 * (1 + t) - 0.5 * value * (1 - t * t) * tanhSlope(value));
    });
    assert.ok(other < 6e-7, `tanh: ${other}`);
  });

  test(`${name}: GELU and its derivative are finite at the ends of float32's range`, async () => {
    const x = Float32Array.of(-1e30, -1e6, -100, 100, 1e6, 1e30);
    for (const tanh of [0, 1]) {
      assert.equal(Array.from(await gelu(device, x, tanh)).map(Math.abs), [0, 0, 0, 100, 1e6, Math.fround(1e30)]);
      assert.equal(Array.from(await slope(device, x, tanh)).map(Math.abs), [0, 0, 0, 1, 1, 1]);
    }
  });

  test(`${name}: NaN stays NaN`, async () => {
    const x = Float32Array.of(NaN, 1);
    assert.ok(Number.isNaN((await exp(device, x))[0]));
    for (const tanh of [0, 1]) assert.ok(Number.isNaN((await gelu(device, x, tanh))[0]));
    const inputs = { logits: device.upload('f32', [1, NaN, 2]), labels: device.upload('i32', [0]) };
    const { losses, logSumExp } = device.launch('crossEntropy', inputs, { rows: 1, columns: 3 });
    for (const array of [losses, logSumExp]) assert.ok(Number.isNaN((await device.read(array))[0]));
  });

  test(`${name}: sums of a million numbers near 1 are accurate to seven digits`, async () => {
    const values = Float32Array.from({ length: 1e6 + 3 }, (_, i) => 1 + (i % 7) / 10);
    const exact = values.reduce((total, value) => total + value, 0);
    const x = device.upload('f32', values);
    const [sum] = await device.read(device.launch('sum', { x }, { size: values.length, scale: 1 }).y);
    assert.ok(Math.abs((sum ?? NaN) / exact - 1) < 1e-7);
    const [columns] = await device.read(device.launch('sumRows', { x }, { rows: values.length, columns: 1 }).y);
    assert.ok(Math.abs((columns ?? NaN) / exact - 1) < 1e-6);
  });
}

test.after(async () => {
  for (const device of Object.values(devices)) await device.close();
});

test.run();
