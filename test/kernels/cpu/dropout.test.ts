import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import { HASH_RANGE, dropThreshold, hash } from '../../../src/kernels/random.ts';

test('dropout masks match the hash of random.ts, even beyond 2^24 elements', async () => {
  const device = await openCpu({ threads: 2 });
  const size = HASH_RANGE + 9001;
  const x = device.allocate('f32', size);
  device.launch('fill', {}, { size, value: 1 }, { y: x });
  const key = { keyHigh: 0xabcdef, keyLow: 0x123457 };
  const rate = 0.37;
  const y = await device.read(device.launch('dropout', { x }, { size, rate, ...key }).y);
  const threshold = dropThreshold(rate);
  const kept = Math.fround(1 / (1 - rate));
  let wrong = 0;
  for (const [from, to] of [
    [0, 9000],
    [HASH_RANGE / 2 - 5000, HASH_RANGE / 2 + 5000],
    [HASH_RANGE - 9000, size],
  ] as const)
    for (let i = from; i < to; i++) if (y[i] !== (hash(key, i) < threshold ? 0 : kept)) wrong += 1;
  assert.is(wrong, 0);
  await device.close();
});

test('so do those behind a product, in a block of rows that goes beyond 2^24 elements', async () => {
  const device = await openCpu({ threads: 2 });
  const [rows, outputs] = [4100, 4097];
  const [x, weight, bias] = [rows, outputs, outputs].map((size) => device.allocate('f32', size));
  device.launch('fill', {}, { size: outputs, value: 1 }, { y: bias });
  const key = { keyHigh: 0x13579b, keyLow: 0xfdb975 };
  const p = { rows, outputs, inputs: 1, layers: 1, tanh: 0, rate: 0.37, ...key };
  const y = await device.read(device.launch('linearGelu', { x, weight, bias }, p).y);
  let wrong = 0;
  for (let i = HASH_RANGE - 2 * outputs; i < y.length; i++)
    if ((y[i] === 0) !== hash(key, i) < dropThreshold(p.rate)) wrong += 1;
  assert.is(wrong, 0);
  await device.close();
});

test('a rate of 0 keeps everything and a rate near 1 almost nothing', async () => {
  const device = await openCpu({ threads: 1 });
  const x = device.upload('f32', new Float32Array(10001).fill(3));
  const run = async (rate: number): Promise<number[]> =>
    Array.from(await device.read(device.launch('dropout', { x }, { size: 10001, rate, keyHigh: 5, keyLow: 6 }).y));
  assert.ok((await run(0)).every((value) => value === 3));
  const survivors = (await run(0.999)).filter((value) => value !== 0).length;
  assert.ok(survivors > 0 && survivors < 40, `${survivors} survivors`);
  await device.close();
});

test.run();
