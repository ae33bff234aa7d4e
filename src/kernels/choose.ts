import { BertrandError } from '../error.ts';
import type { CpuOptions } from './cpu/index.ts';
import type { Device, DeviceName } from './device.ts';

export const deviceChoices = ['auto', 'webgpu', 'webgl', 'cpu', 'reference'] as const;
/** A device by name, or `auto` for the fastest that is here. */
export type DeviceChoice = (typeof deviceChoices)[number];

export const precisions = ['f32', 'f16', 'bf16'] as const;
export type Precision = (typeof precisions)[number];

/** Options for any device, and the cpu device's own. */
export interface DeviceOptions extends Omit<CpuOptions, 'precision'> {
  /** What matmul operands are rounded to, with f16 activations too; f32 by default. */
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
  /** What it can be opened in apart from f32. */
  readonly half?: 'f16' | 'bf16';
}

const openWebGpu =
  (hardware: boolean): Open =>
  async ({ precision, onCompile }) =>
    (await import('./webgpu/index.ts')).openWebGpu({
      hardware,
      precision: precision === 'f16' ? 'f16' : 'f32',
      ...(onCompile && { onCompile }),
    });
const openCpu: Open = async ({ precision, ...options }) =>
  (await import('./cpu/index.ts')).openCpu({ ...options, precision: precision === 'bf16' ? 'bf16' : 'f32' });

/**
 * Best first: `auto` takes the first that opens, but never a software GPU and never webgl, which has not been measured to be
 * faster than the cpu device.
 */
const devices: readonly Entry[] = [
  { name: 'webgpu', open: openWebGpu(false), automatic: openWebGpu(true), half: 'f16' },
  { name: 'webgl', open: async () => (await import('./webgl/index.ts')).openWebGl() },
  { name: 'cpu', open: openCpu, automatic: openCpu, half: 'bf16' },
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
  const { precision = 'f32' } = options;
  if (precision !== 'f32' && precision !== entry.half) throw new BertrandError(...refusal(entry, precision));
  return entry.open(options);
}

function refusal({ name, half }: Entry, precision: 'f16' | 'bf16'): ConstructorParameters<typeof BertrandError> {
  const others = { f16: '--device webgpu, on a GPU that has f16', bf16: '--device cpu' }[precision];
  const own = half ? `f32 or ${half}` : 'f32';
  return [
    `the device ${name} computes in ${own}${half ? `, not in ${precision}` : ' only'}`,
    { advice: `write train.precision: ${own}, or use ${others}` },
  ];
}

async function openAutomatic(options: DeviceOptions): Promise<Device> {
  const reasons: string[] = [];
  const { precision = 'f32' } = options;
  for (const { name, automatic } of devices.filter(({ half }) => precision === 'f32' || half === precision))
    try {
      if (automatic) return await automatic(options);
    } catch (error) {
      if (!(error instanceof BertrandError)) throw error;
      reasons.push(`${name}: ${error.message}`);
    }
  throw new BertrandError(
    `no device can be opened${precision === 'f16' ? ' in f16 (without a GPU that has it, use train.precision: f32)' : ''}. ${reasons.join('; ')}`,
  );
}

/** A device as `probeDevices` found it. */
export interface DeviceReport {
  /** Its name for `openDevice`. */
  readonly name: DeviceName;
  /** Whether it can be opened. */
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
