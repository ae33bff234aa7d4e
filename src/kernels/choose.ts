import { BertrandError } from '../error.ts';
import type { Device, DeviceName } from './device.ts';

export const deviceChoices = ['auto', 'webgpu', 'webgl', 'cpu', 'reference'] as const;
export type DeviceChoice = (typeof deviceChoices)[number];

export interface DeviceOptions {
  /** Threads of the cpu device; all cores by default. */
  readonly threads?: number;
}

/** What a device is for, how to open it, and, where it cannot be had, why. */
interface Entry {
  readonly name: DeviceName;
  readonly open?: (options: DeviceOptions) => Promise<Device>;
  readonly missing?: string;
}

/** Best first: `auto` takes the first that opens. */
const devices: readonly Entry[] = [
  { name: 'webgpu', missing: 'not part of this version yet' },
  { name: 'webgl', missing: 'not part of this version yet' },
  { name: 'cpu', open: async (options) => (await import('./cpu/index.ts')).openCpu(options) },
  { name: 'reference', open: async () => (await import('./reference/index.ts')).openReference() },
];

/** Opens the device of that name; `auto` is the fastest that is here. */
export async function openDevice(choice: DeviceChoice, options: DeviceOptions = {}): Promise<Device> {
  const entry = devices.find(({ name, open }) => (choice === 'auto' ? open : name === choice));
  if (entry?.open) return entry.open(options);
  throw new BertrandError(
    `the device ${choice} is ${entry?.missing}; run \`bertrand devices\` to see what is here, or use --device auto`,
  );
}

export interface DeviceReport {
  readonly name: DeviceName;
  readonly available: boolean;
  /** What it is, or why it is missing. */
  readonly description: string;
}

/** Tries every device. */
export async function probeDevices(): Promise<DeviceReport[]> {
  const reports: DeviceReport[] = [];
  for (const { name, open, missing } of devices) {
    try {
      if (!open) throw new BertrandError(missing);
      const device = await open({});
      reports.push({ name, available: true, description: device.description });
      await device.close();
    } catch (error) {
      reports.push({ name, available: false, description: error instanceof Error ? error.message : String(error) });
    }
  }
  return reports;
}
