import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openDevice } from '../../src/kernels/choose.ts';
import type { Adapter } from '../../src/kernels/webgpu/engine/adapter/adapter.ts';
import { messageOf } from '../messageOf.ts';
import { expectHalves } from '../../src/kernels/webgpu/engine/adapter/requestDevice.ts';

for (const device of ['cpu', 'reference'] as const)
  test(`the device ${device} refuses half precision`, async () =>
    assert.match(
      await messageOf(() => openDevice(device, { precision: 'f16' })),
      new RegExp(`^the device ${device} computes in f32 only; write train.precision: f32, or use --device webgpu`),
    ));

test('auto never falls back to a device that computes in f32 only', async () => {
  const found = await openDevice('auto', { precision: 'f16' }).then(
    (device) => device.close().then(() => device.real),
    (error: Error) => error.message,
  );
  assert.match(
    found,
    /^f16$|^no device can be opened in f16 \(without a GPU that has it, use train.precision: f32\)\. webgpu: /,
  );
});

test('an adapter without shader-f16 is named', async () => {
  const adapter = (...features: string[]) =>
    ({ name: 'Old GPU', adapter: { features: new Set(features) } }) as never as Adapter;
  expectHalves(adapter('subgroups', 'shader-f16'));
  assert.match(
    await messageOf(async () => expectHalves(adapter('subgroups'))),
    /the WebGPU adapter Old GPU lacks the feature shader-f16, which train.precision: f16 needs; write train.precision: f32/,
  );
});

test.run();
