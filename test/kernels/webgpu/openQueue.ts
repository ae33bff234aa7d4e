import { requestAdapter } from '../../../src/kernels/webgpu/engine/adapter/adapter.ts';
import { Failure } from '../../../src/kernels/webgpu/engine/failure.ts';
import type { OnCompile } from '../../../src/kernels/webgpu/engine/order.ts';
import { Queue } from '../../../src/kernels/webgpu/engine/queue.ts';
import { requestDevice } from '../../../src/kernels/webgpu/engine/adapter/requestDevice.ts';

/** A separate device, which tests may break or run other shaders on. */
export async function openQueue(
  onCompile?: OnCompile,
): Promise<{ device: GPUDevice; queue: Queue; close: () => void }> {
  const device = await requestDevice(await requestAdapter(false));
  const failure = new Failure(device);
  const close = (): void => {
    failure.expectEnd();
    device.destroy();
  };
  return { device, queue: new Queue(device, failure, onCompile), close };
}
