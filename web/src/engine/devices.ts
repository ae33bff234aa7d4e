import { openDevice } from '../../../src/kernels/choose.ts';
import type { DeviceReport } from '../../../src/kernels/choose.ts';
import { requestAdapter } from '../../../src/kernels/webgpu/engine/adapter/adapter.ts';

/** What this browser can compute on. A GPU is only asked for its name, because opening one takes seconds on some machines. */
export function devices(): Promise<DeviceReport[]> {
  return Promise.all([
    report('webgpu', async () => {
      const { name, software } = await requestAdapter(false);
      return { description: software ? `${name}, imitated by the processor: slow` : name, automatic: !software };
    }),
    report('webgl', () => opened('webgl')),
    report('cpu', () => opened('cpu')),
  ]);
}

async function opened(name: 'webgl' | 'cpu'): Promise<{ description: string; automatic: boolean }> {
  const device = await openDevice(name);
  await device.close();
  return { description: device.description, automatic: name === 'cpu' };
}

async function report(
  name: DeviceReport['name'],
  probe: () => Promise<{ description: string; automatic: boolean }>,
): Promise<DeviceReport> {
  try {
    return { name, available: true, ...(await probe()) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { name, available: false, automatic: false, description: reason };
  }
}
