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

  test('a kernel that a batch runs on the same arrays several times has its own parameters each time', async () => {
    const [x, y, total] = [[1], [0], [0]].map((values) => webgpu.upload('f32', values));
    const added = async (...factors: number[]): Promise<number> => {
      webgpu.write(total, [0]);
      for (const factor of factors) {
        webgpu.launch('affine', { x }, { size: 1, factor, term: 0 }, { y });
        webgpu.launch('accumulate', { total, x: y }, { size: 1 });
      }
      return (await webgpu.read(total))[0];
    };
    assert.is(await added(1, 20, 300), 321);
    assert.is(await added(1, 20, 300), 321, 'nothing is written again');
    assert.is(await added(4000, 4000, 20, 1), 8021);
    for (const array of [x, y, total]) webgpu.free(array);
  });

  test('an array too large to bind is refused with its size and the limit', async () => {
    const message = await messageOf(async () => webgpu.allocate('f32', 2 ** 33));
    assert.match(message, /an array of 32768 MiB exceeds this adapter's limit of \d+ MiB; lower train.batchSize/);
  });

  test('the error of a shader that does not compile names it, and what waited for it does not run', async () => {
    const { queue, close } = await openQueue();
    const [x, y] = [queue.allocate('f32', 64), queue.allocate('f32', 64)];
    queue.shader(copy('y[lane] = nonsense;'))({ x, y }, { size: 4 }, 1);
    assert.match(await messageOf(() => queue.read(y, 4)), /kernel copy does not compile.*nonsense/);
    assert.match(await messageOf(async () => queue.allocate('f32', 4)), /kernel copy does not compile/);
    close();
  });

  test('commands keep their order while pipelines compile, and the values they were given', async () => {
    const heard: string[] = [];
    const { queue, close } = await openQueue((done, total) => heard.push(`${done}/${total}`));
    const [x, y, z] = Array.from({ length: 3 }, () => queue.allocate('f32', 64));
    const one = queue.shader(copy('y[lane] = x[lane] + 1.0;'));
    const double = queue.shader(copy('y[lane] = 2.0 * x[lane];'));
    const values = Float32Array.of(1, 2, 3, 4);
    assert.is(one.ready({ x, y }), false); // begins to compile it
    queue.write(x, values);
    one({ x, y }, { size: 4 }, 1); // y = 2, 3, 4, 5
    double({ x: y, y: z }, { size: 4 }, 1);
    const first = queue.read(z, 4);
    values.fill(10);
    queue.write(x, values);
    one({ x, y }, { size: 4 }, 1); // y = 11
    queue.clear(z);
    queue.release(x);
    values.fill(0);
    const [second, cleared] = [queue.read(y, 4), queue.read(z, 4)];
    assert.equal([...(await first)], [4, 6, 8, 10]);
    assert.equal([...(await second)], [11, 11, 11, 11]);
    assert.equal([...(await cleared)], [0, 0, 0, 0]);
    assert.equal(heard.slice(0, 2), ['0/1', '0/2']);
    assert.is(heard.at(-1), '2/2');
    close();
  });

  test('a batch ends before its products take too long', async () => {
    const { device, queue, close } = await openQueue();
    let submitted = 0;
    const submit = device.queue.submit.bind(device.queue);
    device.queue.submit = (commands) => {
      submitted += 1;
      return submit(commands);
    };
    const run = queue.shader(copy('y[lane] = x[lane];'));
    const [x, y] = [queue.allocate('f32', 64), queue.allocate('f32', 64)];
    run({ x, y }, { size: 4 }, 1);
    await queue.read(y, 4);
    submitted = 0;
    for (const flops of [6e10, 3e10, 3e10, 2e11, 0]) run({ x, y }, { size: 4 }, 1, flops);
    await queue.read(y, 4);
    assert.is(submitted, 4); // 6 + 3, 3, 20, and the read's
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
    await queue.read(y, 4); // it is compiled
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
