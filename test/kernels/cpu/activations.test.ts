import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import type { Device } from '../../../src/kernels/device.ts';

const devices: Record<string, Device> = {
  plain: await openCpu({ threads: 1, fusedMultiplyAdd: false }),
  fused: await openCpu({ threads: 1 }),
};

async function valuesOf(device: Device, kernel: 'exp' | 'tanh' | 'relu', x: readonly number[]): Promise<number[]> {
  const { y } = device.launch(kernel, { x: device.upload('f32', x) }, { size: x.length });
  return [...(await device.read(y))].slice(0, x.length);
}

/** Evenly spaced float32 numbers from `low` to `high`. */
const grid = (low: number, high: number): number[] => [
  ...Float32Array.from({ length: 4001 }, (_, i) => low + ((high - low) * i) / 4000),
];
const relativeError = (found: number[], expected: number[]): number =>
  Math.max(...found.map((value, i) => Math.abs(value - expected[i]) / Math.abs(expected[i])));

for (const [name, device] of Object.entries(devices)) {
  test(`${name}: exp is accurate over float32's range, and infinite beyond`, async () => {
    const x = grid(-87, 88.7);
    assert.ok(relativeError(await valuesOf(device, 'exp', x), x.map(Math.exp)) < 5e-7);
    assert.equal(await valuesOf(device, 'exp', [0, 89, 177, 1e30, Infinity]), [1, ...Array<number>(4).fill(Infinity)]);
    assert.equal(await valuesOf(device, 'exp', [-110, -177, -1e30, -Infinity]), [0, 0, 0, 0]);
  });

  test(`${name}: tanh is accurate near 0 and where its formula changes, and 1 for large x`, async () => {
    for (const x of [grid(1e-30, 1e-3), grid(0.19, 0.21), grid(-10, -1e-3)])
      assert.ok(relativeError(await valuesOf(device, 'tanh', x), x.map(Math.tanh)) < 5e-7);
    assert.equal(await valuesOf(device, 'tanh', [0, -0, 100, -1e30, Infinity]), [0, -0, 1, -1, 1]);
  });

  test(`${name}: NaN stays NaN`, async () => {
    for (const kernel of ['exp', 'tanh', 'relu'] as const)
      assert.ok(Number.isNaN((await valuesOf(device, kernel, [NaN, 1]))[0]), kernel);
  });
}

test.after(async () => {
  for (const device of Object.values(devices)) await device.close();
});

test.run();
