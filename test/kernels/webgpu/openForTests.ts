import { openWebGpu } from '../../../src/kernels/webgpu/index.ts';
import type { WebGpuOptions } from '../../../src/kernels/webgpu/index.ts';
import type { Device } from '../../../src/kernels/device.ts';

let said = false;

/** The webgpu device on whatever adapter there is. Where there is none: nothing, and a line that says so; in CI an error. */
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
