import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VIEW_ALIGNMENT, viewOf } from '../../../src/kernels/webgpu/engine/buffers.ts';
import { usage } from '../../../src/kernels/webgpu/engine/usage.ts';
import { openQueue } from './openQueue.ts';
import { canTest } from './openForTests.ts';

const CACHED = 4096; // bind groups that a pipeline keeps
const ARRAYS = 2.5 * CACHED;

if (await canTest())
  test('a pipeline bound to ever new arrays forgets old ones, gives their places to others and computes the same', async () => {
    const { device, queue, close } = await openQueue();
    let [pages, groups] = [0, 0];
    const [createBuffer, createBindGroup] = [device.createBuffer.bind(device), device.createBindGroup.bind(device)];
    device.createBuffer = (descriptor) => {
      if (descriptor.usage & usage.uniform) pages += 1;
      return createBuffer(descriptor);
    };
    device.createBindGroup = (descriptor) => {
      groups += 1;
      return createBindGroup(descriptor);
    };
    const put = queue.shader({
      label: 'put',
      inputs: {},
      outputs: { y: 'f32' },
      parameters: { value: 'f32' },
      workgroup: 1,
      main: 'y[0] = p.value;',
    });
    const array = queue.allocate('f32', ARRAYS * VIEW_ALIGNMENT);
    const values = async (): Promise<number[]> =>
      [...(await queue.read(array, ARRAYS * VIEW_ALIGNMENT))].filter((_, i) => i % VIEW_ALIGNMENT === 0);
    const bind = (from: number, to: number, factor: number): void => {
      for (let i = from; i < to; i++) put({ y: viewOf(array, i * VIEW_ALIGNMENT, 1) }, { value: factor * i }, 1);
    };
    bind(0, CACHED, 1);
    await values();
    const before = pages;
    bind(CACHED, ARRAYS, 1);
    assert.equal(
      await values(),
      Array.from({ length: ARRAYS }, (_, i) => i),
    );
    assert.is(groups, ARRAYS);
    assert.is(pages, before, 'parameters of forgotten bindings leave their places to new ones');
    groups = 0;
    bind(ARRAYS - 100, ARRAYS, 2);
    bind(0, 100, 2);
    const again = await values();
    assert.is(groups, 100, 'the newest are still known, the oldest are not');
    for (const i of [1, 99, ARRAYS - 100, ARRAYS - 1]) assert.is(again[i], 2 * i);
    close();
  });

test.run();
