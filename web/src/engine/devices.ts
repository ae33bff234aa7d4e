import { openDevice } from '../../../src/kernels/choose.ts';
import type { DeviceReport } from '../../../src/kernels/choose.ts';
import type { Gl } from '../../../src/kernels/webgl/engine/context.ts';
import { openGl } from '../../../src/kernels/webgl/engine/context.ts';
import { requestAdapter } from '../../../src/kernels/webgpu/engine/adapter/adapter.ts';

/**
 * What this browser can compute on. A GPU is only asked for its name: opening one takes seconds on some machines, and fetches gpu.js for
 * WebGL.
 */
export function devices(): Promise<DeviceReport[]> {
  return Promise.all([
    report('webgpu', async () => {
      const { name, software } = await requestAdapter(false);
      return { description: named(name, software), automatic: !software };
    }),
    report('webgl', () => {
      const { name, software, context } = openWebGl();
      context.getExtension('WEBGL_lose_context')?.loseContext(); // browsers allow only few at once
      return { description: named(name, software), automatic: false };
    }),
    report('cpu', async () => {
      const device = await openDevice('cpu');
      await device.close();
      return { description: device.description, automatic: true };
    }),
  ]);
}

const named = (name: string, software: boolean): string =>
  software ? `${name}, imitated by the processor: slow` : name;

function openWebGl(): Gl {
  try {
    return openGl('webgl2');
  } catch {
    return openGl('webgl');
  }
}

type Found = Pick<DeviceReport, 'description' | 'automatic'>;

async function report(name: DeviceReport['name'], probe: () => Found | Promise<Found>): Promise<DeviceReport> {
  try {
    return { name, available: true, ...(await probe()) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { name, available: false, automatic: false, description: reason };
  }
}
