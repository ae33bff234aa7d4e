import { BertrandError } from '../error.ts';
import type { CpuOptions } from './cpu/index.ts';
import type { Device, DeviceName } from './device.ts';

export const deviceChoices = ['auto', 'webgpu', 'webgl', 'cpu', 'reference'] as const;
export type DeviceChoice = (typeof deviceChoices)[number];

export const precisions = ['f32', 'f16'] as const;
export type Precision = (typeof precisions)[number];

/** Options for any device, and the cpu device's own. */
export interface DeviceOptions extends CpuOptions {
  /** The type of activations and matmul operands; f32 by default. */
  readonly precision?: Precision;
  /** Hears, on webgpu, how many of the shaders that a step waits for are compiled. */
  readonly onCompile?: (done: number, total: number) => void;
}

type Open = (options: DeviceOptions) => Promise<Device>;

/** How to open a device by name, and by `auto` if it may be chosen automatically. */
interface Entry {
  readonly name: DeviceName;
  readonly open: Open;
  readonly automatic?: Open;
  /** Whether it can be opened in f16. */
  readonly halves?: true;
}

const openWebGpu =
  (hardware: boolean): Open =>
  async ({ precision, onCompile }) =>
    (await import('./webgpu/index.ts')).openWebGpu({
      hardware,
      ...(precision && { precision }),
      ...(onCompile && { onCompile }),
    });
const openCpu: Open = async (options) => (await import('./cpu/index.ts')).openCpu(options);

/**
 * Best first: `auto` takes the first that opens, but never a software GPU and never webgl, which has not been measured to be
 * faster than the cpu device.
 */
const devices: readonly Entry[] = [
  { name: 'webgpu', open: openWebGpu(false), automatic: openWebGpu(true), halves: true },
  { name: 'webgl', open: async () => (await import('./webgl/index.ts')).openWebGl() },
  { name: 'cpu', open: openCpu, automatic: openCpu },
  { name: 'reference', open: async () => (await import('./reference/index.ts')).openReference() },
];

/**
 * Opens the device of that name; `auto` opens the fastest one available.
 * Throws a BertrandError that says what is missing, or that it cannot compute in `options.precision`.
 */
export async function openDevice(choice: DeviceChoice, options: DeviceOptions = {}): Promise<Device> {
  if (choice === 'auto') return openAutomatic(options);
  const entry = devices.find(({ name }) => name === choice);
  if (!entry) throw new BertrandError(`there is no device ${choice}`, { advice: `choose ${deviceChoices.join(', ')}` });
  if (options.precision === 'f16' && !entry.halves)
    throw new BertrandError(`the device ${choice} computes in f32 only`, {
      advice: 'write train.precision: f32, or use --device webgpu, on a GPU that has f16',
    });
  return entry.open(options);
}

async function openAutomatic(options: DeviceOptions): Promise<Device> {
  const reasons: string[] = [];
  const halves = options.precision === 'f16';
  for (const { name, automatic } of devices.filter((entry) => entry.halves || !halves))
    try {
      if (automatic) return await automatic(options);
    } catch (error) {
      if (!(error instanceof BertrandError)) throw error;
      reasons.push(`${name}: ${error.message}`);
    }
  throw new BertrandError(
    `no device can be opened${halves ? ' in f16 (without a GPU that has it, use train.precision: f32)' : ''}. ${reasons.join('; ')}`,
  );
}

export interface DeviceReport {
  readonly name: DeviceName;
  readonly available: boolean;
  /** Whether `auto` may choose it. */
  readonly automatic: boolean;
  /** What it is, or why it is unavailable. */
  readonly description: string;
}

/** Tries to open every device, the best first. */
export async function probeDevices(): Promise<DeviceReport[]> {
  const reports: DeviceReport[] = [];
  for (const { name, open, automatic } of devices) {
    const chosen = automatic && (await describe(automatic));
    const { available, description } = chosen?.available ? chosen : await describe(open);
    reports.push({ name, available, automatic: chosen?.available ?? false, description });
  }
  return reports;
}

async function describe(open: Open): Promise<{ available: boolean; description: string }> {
  try {
    const device = await open({});
    await device.close();
    return { available: true, description: device.description };
  } catch (error) {
    return { available: false, description: error instanceof Error ? error.message : String(error) };
  }
}
