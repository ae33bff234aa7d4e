import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { viewOf } from '../../../src/kernels/webgpu/engine/buffers.ts';
import { grid, wgsl } from '../../../src/kernels/webgpu/engine/shader.ts';
import { messageOf } from '../../messageOf.ts';
import { openForTests } from './openForTests.ts';
import { openQueue } from './openQueue.ts';

const webgpu = await openForTests();

const copy = (main: string) =>
  ({
    label: 'copy',
    inputs: { x: 'f32' },
    outputs: { y: 'f32' },
    parameters: { size: 'u32' },
    workgroup: 64,
    main,
  }) as const;

if (webgpu) {
  test('a write waits for the kernels before it, and a read does not see those after it', async () => {
    const x = webgpu.upload('f32', [1, 2, 3]);
    const { y: first } = webgpu.launch('add', { a: x, b: x }, { size: 3 });
    webgpu.write(x, [10, 20, 30]);
    const { y: second } = webgpu.launch('add', { a: x, b: x }, { size: 3 });
    const early = webgpu.read(second);
    webgpu.launch('fill', {}, { size: 3, value: 0 }, { y: second });
    assert.equal(Array.from(await webgpu.read(first)).slice(0, 3), [2, 4, 6]);
    assert.equal(Array.from(await early).slice(0, 3), [20, 40, 60]);
    assert.equal(Array.from(await webgpu.read(second)).slice(0, 3), [0, 0, 0]);
  });

  test('a new array is all zeros, whether its memory is new or reused', async () => {
    const used = webgpu.allocate('f32', 77_777);
    assert.ok((await webgpu.read(used)).every((value) => value === 0));
    webgpu.launch('fill', {}, { size: 77_777, value: 5 }, { y: used });
    webgpu.free(used);
    const again = webgpu.allocate('f32', 77_700);
    assert.ok((await webgpu.read(again)).every((value) => value === 0));
    webgpu.write(again, new Float32Array(77_700).fill(2));
    webgpu.free(again);
    const last = webgpu.allocate('f32', 77_777);
    assert.ok((await webgpu.read(last)).every((value) => value === 0));
    webgpu.free(last);
  });

  test('more workgroups than fit one direction all run', async () => {
    const rows = 70_001;
    const ones = webgpu.launch('fill', {}, { size: rows, value: 3 }).y;
    const { y } = webgpu.launch('softmax', { x: ones }, { rows, columns: 1 });
    assert.ok((await webgpu.read(y)).slice(0, rows).every((value) => value === 1));
    for (const array of [ones, y]) webgpu.free(array);
  });

  test('more kernels than a batch holds run in order', async () => {
    const total = webgpu.upload('f32', [0]);
    const one = webgpu.upload('f32', [1]);
    for (let i = 0; i < 1000; i++) webgpu.launch('accumulate', { total, x: one }, { size: 1 });
    assert.is((await webgpu.read(total))[0], 1000);
  });

  test('an array too large to bind is refused with its size and the limit', async () => {
    const message = await messageOf(async () => webgpu.allocate('f32', 2 ** 33));
    assert.match(message, /an array of 32768 MiB exceeds this adapter's limit of \d+ MiB; lower train.batchSize/);
  });

  test('the error of a shader that does not compile names it', async () => {
    const { queue, close } = await openQueue();
    queue.shader(copy('y[lane] = nonsense;'));
    assert.match(await messageOf(() => queue.prepare()), /kernel copy does not compile.*nonsense/);
    close();
  });

  test('a shader that training steps do not use is not compiled ahead', async () => {
    const { queue, close } = await openQueue();
    queue.shader({ ...copy('y[lane] = nonsense;'), inF32: [] });
    await queue.prepare('f32');
    await queue.prepare('f16');
    close();
  });

  test('arrays that cannot be bound cause an error at the next read, which names the kernel', async () => {
    const { queue, close } = await openQueue();
    const run = queue.shader(copy('y[lane] = x[lane];'));
    const [x, y] = [queue.allocate('f32', 64), queue.allocate('f32', 64)];
    run({ x: viewOf(x, 1, 4), y }, { size: 4 }, 1); // 4 bytes in: below every adapter's alignment
    assert.match(
      await messageOf(() => queue.read(y, 4)),
      /kernel copy \(x \d+ x f32, y \d+ x f32\) cannot bind its arrays/,
    );
    close();
  });

  test('a kernel cannot write to an array that it reads', async () => {
    const x = webgpu.upload('f32', [1, 2]);
    const message = await messageOf(async () => webgpu.launch('add', { a: x, b: x }, { size: 2 }, { y: x }));
    assert.match(message, /kernel add cannot read a and write y in one buffer/);
    assert.is((await webgpu.read(x))[0], 1);
  });

  test('a lost GPU gives one clear error, at every later call too', async () => {
    const { device, queue } = await openQueue();
    const run = queue.shader(copy('y[lane] = x[lane];'));
    const [x, y] = [queue.allocate('f32', 64), queue.allocate('f32', 64)];
    run({ x, y }, { size: 4 }, 1);
    const reading = messageOf(() => queue.read(x, 4));
    device.destroy();
    await device.lost;
    assert.match(await reading, /no error|the GPU was lost/);
    assert.match(
      await messageOf(() => queue.read(x, 4)),
      /the GPU was lost at or after one of copy \(x 64 x f32, y 64 x f32\), read: .*; open the device again/,
    );
  });

  test.after(() => webgpu.close());
}

test('a grid has room for all groups and wastes less than a line', () => {
  for (const groups of [0, 1, 65535, 65536, 1e6, 1e8]) {
    const { across, down } = grid(groups);
    assert.ok(across <= 65535 && across * down >= groups && across * down < groups + Math.max(down, 1), `${groups}`);
  }
});

test('bindings follow the order of the arrays, parameters that of the struct', () => {
  const text = wgsl(copy('y[lane] = x[lane];'));
  assert.match(text, /struct Parameters { across: u32, groups: u32, size: u32 }/);
  assert.match(
    text,
    /@binding\(1\) var<storage, read> x: array<f32>;\n@group\(0\) @binding\(2\) var<storage, read_write> y/,
  );
});

test.run();
