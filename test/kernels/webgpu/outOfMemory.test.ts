import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openWebGpu } from '../../../src/kernels/webgpu/index.ts';
import { messageOf } from '../../messageOf.ts';

const MEBIBYTE = 2 ** 20;

// Dawn's null backend has 512 MiB in all, of which it makes none.
test('where memory ends, the next read says how much was wanted, on what, and what to lower, and so does all that follows', async () => {
  const device = await openWebGpu({ backend: 'null' });
  const wanted = 'webgpu: no memory for an array of 128 MiB in addition to the 384 MiB in use on null-backend;';
  const lower = ' set train.recompute to blocks, or lower train.batchSize (and raise train.accumulate)';
  const arrays = [1, 2, 3, 4].map(() => device.allocate('f32', (128 * MEBIBYTE) / 4));
  // Writing, binding and copying an array that is not there are errors too, which must not hide the first one.
  device.write(device.view(arrays[3], 0, 4), [1, 2, 3, 4]);
  const { y } = device.launch('add', { a: arrays[2], b: arrays[3] }, { size: 4 });
  const first = await messageOf(() => device.read(y));
  assert.is(first.slice(0, wanted.length + lower.length), wanted + lower);
  assert.is(await messageOf(() => device.read(arrays[0])), first);
  assert.is(await messageOf(() => device.launch('fill', {}, { size: 4, value: 0 })), first);
  await device.close();
});

test.run();
