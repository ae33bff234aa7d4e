import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openDevice } from '../../src/kernels/choose.ts';
import type { DeviceChoice, Precision } from '../../src/kernels/choose.ts';
import type { Adapter } from '../../src/kernels/webgpu/engine/adapter/adapter.ts';
import { messageOf } from '../messageOf.ts';
import { expectHalves } from '../../src/kernels/webgpu/engine/adapter/requestDevice.ts';

const refusals: [Exclude<DeviceChoice, 'auto'>, Precision, string][] = [
  ['cpu', 'f16', 'cpu computes in f32 or bf16, not in f16; write train.precision: f32 or bf16, or use --device webgpu, on a GPU that has f16'],
  ['reference', 'f16', 'reference computes in f32 only; write train.precision: f32, or use --device webgpu, on a GPU that has f16'],
  ['webgpu', 'bf16', 'webgpu computes in f32 or f16, not in bf16; write train.precision: f32 or f16, or use --device cpu'],
  ['webgl', 'bf16', 'webgl computes in f32 only; write train.precision: f32, or use --device cpu'],
  ['reference', 'bf16', 'reference computes in f32 only; write train.precision: f32, or use --device cpu'],
]; // prettier-ignore
for (const [device, precision, message] of refusals)
  test(`the device ${device} refuses ${precision}`, async () =>
    assert.is(await messageOf(() => openDevice(device, { precision })), `the device ${message}`));

test('auto takes the processor for bf16', async () => {
  const device = await openDevice('auto', { precision: 'bf16', products: 'emulated', threads: 1 });
  assert.is(device.name, 'cpu');
  await device.close();
});

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
