import { openDevice } from '../../../../src/kernels/choose.ts';
import type { DeviceChoice } from '../../../../src/kernels/choose.ts';
import type { Gl } from '../../../../src/kernels/webgl/engine/context.ts';
import { openGl } from '../../../../src/kernels/webgl/engine/context.ts';
import { requestAdapter } from '../../../../src/kernels/webgpu/engine/adapter/adapter.ts';
import { devicePeaks } from '../../../../src/train/measure/devicePeaks.ts';
import type { PeakWork } from '../../../../src/train/measure/devicePeaks.ts';
import type { FoundDevice } from '../../protocol.ts';
import { missing, slower } from './lacking.ts';
import { plainName } from './plainName.ts';

/** What this browser can compute on. A GPU is only asked for its name: opening one takes seconds on some machines. */
export function devices(): Promise<FoundDevice[]> {
  return Promise.all([
    report('webgpu', async () => {
      const { name, software } = await requestAdapter(false);
      await prepare('webgpu');
      return { description: named(name, software), automatic: !software };
    }),
    report('webgl', () => {
      const { name, software, context } = openWebGl();
      context.getExtension('WEBGL_lose_context')?.loseContext(); // browsers allow only few at once
      return { description: named(name, software), automatic: false };
    }),
    report('cpu', async () => {
      const device = await openDevice('cpu');
      const { gflopsPerSecond, gigabytesPerSecond } = await devicePeaks(device, GLANCE);
      await device.close();
      const speed = { flops: 1e9 * gflopsPerSecond, bytes: 1e9 * gigabytesPerSecond };
      return { description: device.description, remark: slower(), automatic: true, speed, memory: memoryOfPage() };
    }),
  ]);
}

/** Fetches what a device needs, so that it is there when training begins, whatever becomes of the network. */
export async function prepare(device: DeviceChoice): Promise<void> {
  if (device === 'webgpu') await import('../../../../src/kernels/webgpu/index.ts');
  if (device !== 'webgl') return;
  await import('../../../../src/kernels/webgl/index.ts');
  await (await import('../../../../src/kernels/webgl/engine/library.ts')).loadGpuJs();
}

const named = (name: string, software: boolean): string =>
  software ? `${plainName(name)}, imitated by the processor: slow` : plainName(name);

function openWebGl(): Gl {
  try {
    return openGl('webgl2');
  } catch {
    return openGl('webgl');
  }
}

/** Tenths of a second. */
const GLANCE: PeakWork = { tries: 4, added: 2 ** 21, sizes: [512] };

/** A page's WebAssembly has at most 4 GiB, and no more than the machine has, where the browser says how much that is. */
function memoryOfPage(): number {
  const { deviceMemory = Infinity } = navigator as { deviceMemory?: number }; // GiB; not in all browsers
  return 2 ** 30 * Math.min(4, deviceMemory);
}

type Found = Omit<FoundDevice, 'name' | 'available'>;

async function report(name: 'webgpu' | 'webgl' | 'cpu', probe: () => Found | Promise<Found>): Promise<FoundDevice> {
  try {
    return { name, available: true, ...(await probe()) };
  } catch (error) {
    const lacking = name === 'cpu' ? undefined : missing(name);
    const reason = lacking ?? (error instanceof Error ? error.message : String(error));
    return { name, available: false, automatic: false, description: reason };
  }
}
