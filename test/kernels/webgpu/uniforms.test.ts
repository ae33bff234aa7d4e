import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Uniforms, fieldsOf } from '../../../src/kernels/webgpu/engine/uniforms.ts';

/** A GPU that lists the writes to its buffers: the place and the words. */
function listening(): { device: GPUDevice; writes: [number, number[]][] } {
  const writes: [number, number[]][] = [];
  const writeBuffer = (_: object, place: number, data: ArrayBuffer, from: number, bytes: number): void => {
    writes.push([place, [...new Uint32Array(data, from, bytes / 4)]]);
  };
  const device = { limits: { minUniformBufferOffsetAlignment: 32 }, createBuffer: () => ({}), queue: { writeBuffer } };
  return { device: device as unknown as GPUDevice, writes };
}

const fields = fieldsOf({ size: 'u32', factor: 'f32' });

test('only parameters that changed are written, once', () => {
  const { device, writes } = listening();
  const uniforms = new Uniforms(device);
  const slots = [16, 16, 16].map((bytes) => uniforms.slot(bytes));
  assert.equal(
    slots.map(({ offset }) => offset),
    [0, 32, 64],
  );
  const dispatch = (slot: number, size: number, factor: number): void => {
    if (!uniforms.holds(slots[slot], fields, 3, 4, { size, factor }))
      uniforms.put(slots[slot], fields, 3, 4, { size, factor });
  };
  for (let step = 0; step < 3; step++) {
    dispatch(0, 5, 0.1); // rounded to f32, and still the same
    dispatch(1, 2 ** 32 - 1 - step, 1);
    dispatch(2, 7, 1);
    uniforms.upload();
  }
  const [one, tenth] = new Uint32Array(new Float32Array([1, 0.1]).buffer);
  const none = [0, 0, 0, 0];
  assert.equal(writes, [
    [0, [3, 4, 5, tenth, ...none, 3, 4, 2 ** 32 - 1, one, ...none, 3, 4, 7, one]],
    [32, [3, 4, 2 ** 32 - 2, one]],
    [32, [3, 4, 2 ** 32 - 3, one]],
  ]);
});

test('a place that nothing uses any more is given again, with the batch that may still need it', () => {
  const uniforms = new Uniforms(listening().device);
  const slot = uniforms.slot(16);
  slot.batch = 7;
  uniforms.release(slot);
  assert.is(uniforms.slot(64) === slot, false, 'not for more bytes');
  assert.is(uniforms.slot(20), slot);
  assert.is(slot.batch, 7);
});

test.run();
