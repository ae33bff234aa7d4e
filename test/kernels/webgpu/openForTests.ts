import { openWebGpu } from '../../../src/kernels/webgpu/index.ts';
import type { WebGpuOptions } from '../../../src/kernels/webgpu/index.ts';
import type { Device } from '../../../src/kernels/device.ts';

let said = false;

/** The webgpu device on any adapter. Without one it prints a line and returns undefined, or fails in CI. */
export async function openForTests(options: WebGpuOptions = {}): Promise<Device | undefined> {
  try {
    return await openWebGpu(options);
  } catch (error) {
    if (process.env.CI) throw error;
    if (!said) console.log(`\nwebgpu is not tested: ${error instanceof Error ? error.message : String(error)}`);
    said = true;
    return undefined;
  }
}

/** Whether there is an adapter to test on; fails in CI if not. */
export async function canTest(): Promise<boolean> {
  const device = await openForTests();
  await device?.close();
  return device !== undefined;
}
