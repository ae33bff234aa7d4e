import { BertrandError } from '../../../../error.ts';
import { isNode } from '../../../platform.ts';

export interface Adapter {
  readonly adapter: GPUAdapter;
  readonly software: boolean;
  /** A short name, for people. */
  readonly name: string;
  /** Everything that distinguishes it: vendor, architecture, device, and the driver's description. */
  readonly identity: string;
}

/** Executes nothing, so that only the host's time of a step is left. Part of Dawn, so only in Node. */
export type NullBackend = 'null';

/** By backend. Kept as long as the process lives: Dawn ends it when one is collected while in use. */
const gpus = new Map<NullBackend | undefined, GPU>();

/**
 * The fastest adapter here.
 * @param hardware refuse one that computes on the processor
 * Throws a BertrandError that says why there is none and how to get one.
 */
export async function requestAdapter(hardware: boolean, backend?: NullBackend): Promise<Adapter> {
  const dawn = isNode() ? await import('./dawn.node.ts') : undefined;
  if (hardware && dawn?.mayHaveGpu() === false)
    throw new BertrandError('this machine shows no GPU', { advice: howToGetOne() });
  const gpu = gpus.get(backend) ?? (dawn ? await dawn.dawn(backend) : navigator.gpu);
  if (!gpu)
    throw new BertrandError('this browser offers no WebGPU here', {
      advice: 'use a recent one, over https or on localhost',
    });
  gpus.set(backend, gpu);
  const adapter =
    (await gpu.requestAdapter({ powerPreference: 'high-performance' })) ??
    (await gpu.requestAdapter({ forceFallbackAdapter: true }));
  if (!adapter) throw new BertrandError('WebGPU finds no adapter', { advice: howToGetOne() });
  const found = {
    adapter,
    software: isSoftware(adapter.info),
    name: nameOf(adapter.info),
    identity: textOf(adapter.info),
  };
  if (hardware && found.software)
    throw new BertrandError(`WebGPU finds only ${found.name}, on the processor`, {
      advice: `ask for it by name, or ${howToGetOne()}`,
    });
  return found;
}

function isSoftware(info: GPUAdapterInfo): boolean {
  return info.isFallbackAdapter || /software|llvmpipe|swiftshader|basic render|null-backend/i.test(textOf(info));
}

function textOf({ vendor, architecture, device, description }: GPUAdapterInfo): string {
  return [vendor, architecture, device, description].filter(Boolean).join(' ');
}

/** Some drivers describe themselves by a version alone, without naming the GPU. */
function nameOf(info: GPUAdapterInfo): string {
  const { vendor, architecture, device, description } = info;
  const family = [vendor, architecture].filter(Boolean).join(' ');
  const names = [device.replace(/-+$/, '') || family, description].filter(Boolean);
  return names.join(', ') || 'a GPU without a name';
}

function howToGetOne(): string {
  if (!isNode()) return 'turn on hardware acceleration in the browser, and see its page about the GPU';
  if (process.platform === 'darwin') return 'Metal is missing: WebGPU needs macOS 12 or later on a Mac with a GPU';
  if (process.platform === 'win32') return "install the GPU maker's current driver (Direct3D 12 or Vulkan)";
  return (
    "install the GPU's Vulkan driver (NVIDIA's own; for AMD and Intel Debian's mesa-vulkan-drivers) and libvulkan1; " +
    '`vulkaninfo --summary` shows what is there'
  );
}
