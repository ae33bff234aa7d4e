import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Arena } from '../../../src/kernels/cpu/engine/arena.ts';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import { BertrandError } from '../../../src/error.ts';

const MEBIBYTE = 2 ** 20;

for (const shared of [false, true]) {
  const kind = shared ? 'shared' : 'unshared';

  test(`${kind} memory grows without losing its contents`, () => {
    const arena = new Arena(shared);
    const first = arena.allocate(400);
    arena.floats.set([1, 2, 3], first / 4);
    const before = arena.memory.buffer.byteLength;
    const second = arena.allocate(40 * MEBIBYTE);
    assert.ok(arena.memory.buffer.byteLength >= before + 40 * MEBIBYTE);
    arena.floats.fill(7, second / 4, second / 4 + 10 * MEBIBYTE);
    assert.equal([...arena.floats.subarray(first / 4, first / 4 + 4)], [1, 2, 3, 0]);
  });

  test(`${kind} memory that was released is reused`, () => {
    const arena = new Arena(shared);
    const address = arena.allocate(1000);
    const other = arena.allocate(1000);
    arena.release(address);
    assert.is(arena.allocate(1000), address);
    assert.is.not(other, address);
  });
}

test('adjacent holes are merged, whichever was released first', () => {
  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [0, 2, 1],
    [1, 2, 0],
  ]) {
    const arena = new Arena(false);
    const blocks = [640, 1280, 64, 640].map((bytes) => arena.allocate(bytes));
    for (const i of order) arena.release(blocks[i] ?? NaN);
    const { reserved } = arena;
    assert.is(arena.allocate(640 + 1280 + 64), blocks[0]);
    assert.is(arena.reserved, reserved);
  }
});

test('the smallest hole that is large enough is used, and the rest of it stays a hole', () => {
  const arena = new Arena(false);
  const [large, , small, , middle] = [6400, 64, 640, 64, 1280, 64].map((bytes) => arena.allocate(bytes));
  for (const block of [large, small, middle]) arena.release(block ?? NaN);
  assert.is(arena.allocate(1000), middle);
  assert.is(arena.allocate(200), middle + 1024);
  assert.is(arena.allocate(640), small);
  assert.is(arena.allocate(6400), large);
});

test('an allocation at the end starts in the hole before it', () => {
  const arena = new Arena(false);
  arena.allocate(640);
  const last = arena.allocate(640);
  arena.release(last);
  assert.is(arena.allocate(1280), last);
  assert.is(arena.reserved, 640 + 1280);
});

test('random blocks never overlap, and no memory is lost', () => {
  const arena = new Arena(false);
  const random = seedrandom('arena');
  const held = new Map<number, number>();
  for (let round = 0; round < 3000; round++) {
    const bytes = 64 * Math.ceil(40 * random());
    const [address] = held.keys();
    if (random() < 0.5 && address !== undefined) {
      arena.release(address);
      held.delete(address);
    } else held.set(arena.allocate(bytes), bytes);
  }
  const blocks = [...held].toSorted(([a], [b]) => a - b);
  for (const [i, [address]] of blocks.entries()) {
    const [before, size] = blocks[i - 1] ?? [0, 0];
    assert.ok(address >= before + size);
  }
  for (const address of held.keys()) arena.release(address);
  const { reserved } = arena;
  arena.allocate(reserved);
  assert.is(arena.reserved, reserved);
});

test('addresses are 64-byte aligned, blocks do not overlap, and memory extends beyond the last', () => {
  const arena = new Arena(false);
  const blocks = [1, 63, 64, 65, 1000, 65536, 4].map((bytes) => ({ bytes, address: arena.allocate(bytes) }));
  for (const [i, { address }] of blocks.entries()) {
    assert.is(address % 64, 0);
    const previous = blocks[i - 1];
    if (previous) assert.ok(address >= previous.address + previous.bytes);
  }
  const { bytes, address } = blocks.at(-1) ?? { bytes: 0, address: 0 };
  assert.ok(arena.memory.buffer.byteLength >= address + bytes + 64);
});

test('an allocation that is too large fails with size, limit and what to change', async () => {
  const device = await openCpu({ threads: 1 });
  const message = /cannot allocate 4096 MiB in addition to the \d+ MiB in use: its limit is 4096 MiB; lower batchSize/;
  assert.throws(
    () => device.allocate('f32', 2 ** 30),
    (error: Error) => error instanceof BertrandError && message.test(error.message),
  );
  const array = device.upload('f32', [1, 2]); // the device lives on
  assert.equal([...(await device.read(array))], [1, 2]);
  await device.close();
});

test('a view shares the memory of its array', async () => {
  const device = await openCpu({ threads: 1 });
  const array = device.allocate('f32', 40);
  device.write(device.view(array, 16, 3), [1, 2, 3]);
  device.allocate('f32', 2 ** 24); // grows
  assert.equal([...(await device.read(array))].slice(15, 20), [0, 1, 2, 3, 0]);
  await device.close();
});

test.run();
