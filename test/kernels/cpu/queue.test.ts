import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import type { Device, DeviceArray } from '../../../src/kernels/device.ts';
import { train } from '../../../src/train/loop.ts';
import { notes, smallTraining } from '../../train/smallTraining.ts';

const SIZE = 2 ** 18;

/** A device with kernels that are still waiting, each of which adds one to all numbers of an array of zeros, and that array. */
function busy(device: Device, kernels: number): DeviceArray {
  const x = device.allocate('f32', SIZE);
  const one = device.upload('f32', new Float32Array(SIZE).fill(1));
  for (let i = 0; i < kernels; i++) device.launch('accumulate', { total: x, x: one }, { size: SIZE });
  return x;
}

const all = (numbers: ArrayLike<number> | undefined, value: number): boolean =>
  numbers !== undefined && numbers.length === SIZE && Array.from(numbers).every((number) => number === value);

for (const threads of [1, 2, 3]) {
  test(`${threads} threads: reading and viewing an array waits for the kernels before`, async () => {
    const device = await openCpu({ threads, products: 'wasm' });
    assert.ok(all(device.hostView(busy(device, 40)), 40));
    const x = busy(device, 40);
    const read = device.read(x);
    device.launch('accumulate', { total: x, x }, { size: SIZE });
    assert.ok(all(await read, 40), 'and not for those after');
    await device.close();
  });

  test(`${threads} threads: writing an array waits for the kernels that use it`, async () => {
    const device = await openCpu({ threads, products: 'wasm' });
    const x = busy(device, 10);
    const sums = Array.from({ length: 10 }, (_, i) => {
      const { y } = device.launch('add', { a: x, b: x }, { size: SIZE });
      device.write(x, new Float32Array(SIZE).fill(i));
      return y;
    });
    for (const [i, y] of sums.entries()) assert.ok(all(await device.read(y), i === 0 ? 20 : 2 * (i - 1)));
    await device.close();
  });

  test(`${threads} threads: memory that is freed and taken again serves the kernels before`, async () => {
    const device = await openCpu({ threads, products: 'wasm' });
    const x = busy(device, 1);
    const sums = Array.from({ length: 40 }, (_, i) => {
      const freed = device.upload('f32', new Float32Array(SIZE).fill(i));
      const { y } = device.launch('add', { a: x, b: freed }, { size: SIZE });
      device.free(freed);
      return [y, device.allocate('f32', SIZE)] as const; // zeros, where `freed` was
    });
    for (const [i, [y, zeros]] of sums.entries()) {
      assert.ok(all(await device.read(y), i + 1));
      assert.ok(all(await device.read(zeros), 0));
    }
    await device.close();
  });

  test(`${threads} threads: while profiled, each kernel has its own time`, async () => {
    const device = await openCpu({ threads, products: 'wasm' });
    const x = busy(device, 10);
    await device.read(x);
    const begin = performance.now();
    const [exp] = await device.profile(() => {
      for (let i = 0; i < 10; i++) device.launch('exp', { x }, { size: SIZE }, { y: x });
      return Promise.resolve();
    });
    await device.read(x);
    const all = performance.now() - begin;
    assert.ok((exp.milliseconds ?? 0) > all / 10, `${exp.milliseconds} of ${all} ms`);
    await device.close();
  });
}

test('few numbers are written in turn with the kernels, more of them than there is room for on the way', async () => {
  const device = await openCpu({ threads: 2, products: 'wasm' });
  const long = device.allocate('f32', 2 ** 21);
  await device.read(long);
  for (let round = 0; round < 5; round++) {
    const x = device.upload('f32', [1, 2]);
    device.launch('exp', { x: long }, { size: 2 ** 21 }, { y: long });
    const { y } = device.launch('add', { a: x, b: x }, { size: 2 });
    device.write(x, [3, 4]);
    const written = Array.from({ length: 10 }, (_, i) => device.upload('f32', new Float32Array(2 ** 14).fill(i)));
    for (const [i, array] of written.entries()) assert.ok((await device.read(array)).every((value) => value === i));
    assert.equal([...(await device.read(y))], [2, 4]);
    assert.equal([...(await device.read(x))], [3, 4]);
  }
  await device.close();
});

test('few numbers are read in turn with the kernels, more often than there is room for on the way', async () => {
  const device = await openCpu({ threads: 2, products: 'wasm' });
  busy(device, 10);
  const [total, one] = [device.upload('f32', [0, 0, 0]), device.upload('f32', [1, 1, 1])];
  const reads = Array.from({ length: 200 }, () => {
    device.launch('accumulate', { total, x: one }, { size: 3 });
    return device.read(total);
  });
  for (const [i, read] of reads.entries()) assert.equal([...(await read)], [i + 1, i + 1, i + 1]);
  await device.close();
});

test('what was read before a device is closed is there afterwards', async () => {
  const device = await openCpu({ threads: 2, products: 'wasm' });
  const x = device.upload('f32', [1, 2]);
  busy(device, 40);
  const { y } = device.launch('add', { a: x, b: x }, { size: 2 });
  const read = device.read(y);
  await device.close();
  assert.equal([...(await read)], [2, 4]);
});

test('attention sees spans and tokens that are still on their way, and those of an array that has them no longer', async () => {
  const found = [];
  for (const threads of [1, 2]) {
    const device = await openCpu({ threads, products: 'wasm' });
    busy(device, 10);
    const [batch, heads, length, headSize] = [2, 2, 8, 4];
    const random = Float32Array.from({ length: 128 }, (_, i) => Math.sin(i * i));
    const x = device.upload('f32', random);
    const contexts = Array.from({ length: 30 }, (_, i) => {
      const spans = device.upload(
        'i32',
        Int32Array.from({ length: 32 }, (_, j) => (j % 2 === 0 ? 0 : 1 + (i % 8))),
      );
      const tokens = device.upload('i32', [i % 16]);
      const inputs = { query: x, key: x, value: x, spans, tokens };
      const sizes = { batch, heads, length, headSize, scale: 1, rate: 0, keyHigh: 0, keyLow: 0 };
      const { context } = device.launch('attentionAt', inputs, { ...sizes, queries: 1 });
      device.free(spans);
      device.free(tokens);
      return context;
    });
    found.push(await Promise.all(contexts.map((context) => device.read(context))));
    await device.close();
  }
  assert.equal(found[1], found[0]);
});

test('closing does not wait for kernels that nobody asks for', async () => {
  const device = await openCpu({ threads: 2, products: 'wasm' });
  busy(device, 40);
  await device.close();
});

test('twelve steps with dropout have the same losses with any number of threads, bit for bit', async () => {
  const found = [];
  for (const threads of [1, 2, 3]) {
    const device = await openCpu({ threads });
    const seen = notes();
    const settings = ['log.every=1', 'train.steps=12', 'train.accumulate=2', 'model.preset=bert', 'validate.every=5'];
    await train(await smallTraining(device, settings), 0, seen);
    found.push(seen.losses);
    await device.close();
  }
  assert.is(found[0].length, 12);
  assert.equal(found[1], found[0]);
  assert.equal(found[2], found[0]);
});

test.run();
