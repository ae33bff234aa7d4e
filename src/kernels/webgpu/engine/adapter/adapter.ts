import { BertrandError } from '../../../../error.ts';
import { isNode } from '../../../platform.ts';

export interface Adapter {
  readonly adapter: GPUAdapter;
  readonly software: boolean;
  /** A short name, for users. */
  readonly name: string;
  /** Everything that distinguishes it: vendor, architecture, device, and the driver's description. */
  readonly identity: string;
}

/** Dawn's backend that executes nothing, to measure the host's time of a step. Only in Node. */
export type NullBackend = 'null';

/** By backend. Kept for the life of the process: Dawn crashes if one is garbage-collected while in use. */
const gpus = new Map<NullBackend | undefined, GPU>();

/**
 * The fastest adapter available. Throws a BertrandError that says why there is none and how to get one.
 * @param hardware whether to refuse a software adapter
 */
export async function requestAdapter(hardware: boolean, backend?: NullBackend): Promise<Adapter> {
  const dawn = isNode() ? await import('./dawn.node.ts') : undefined;
  if (hardware && dawn?.mayHaveGpu() === false)
    throw new BertrandError('no GPU was found on this machine', { advice: howToGetOne() });
  const gpu = gpus.get(backend) ?? (dawn ? await dawn.dawn(backend) : navigator.gpu);
  if (!gpu)
    throw new BertrandError('this browser has no WebGPU on this page', {
      advice: 'use a recent browser, over https or on localhost',
    });
  gpus.set(backend, gpu);
  const adapter =
    (await gpu.requestAdapter({ powerPreference: 'high-performance' })) ??
    (await gpu.requestAdapter({ forceFallbackAdapter: true }));
  if (!adapter) throw new BertrandError('WebGPU found no adapter', { advice: howToGetOne() });
  const found = {
    adapter,
    software: isSoftware(adapter.info),
    name: nameOf(adapter.info),
    identity: textOf(adapter.info),
  };
  if (hardware && found.software)
    throw new BertrandError(`WebGPU found only a software adapter, ${found.name}`, {
      advice: `choose the device webgpu by name, or ${howToGetOne()}`,
    });
  return found;
}

function isSoftware(info: GPUAdapterInfo): boolean {
  return info.isFallbackAdapter || /software|llvmpipe|swiftshader|basic render|null-backend/i.test(textOf(info));
}

function textOf({ vendor, architecture, device, description }: GPUAdapterInfo): string {
  return [vendor, architecture, device, description].filter(Boolean).join(' ');
}

/** The name includes the device because some drivers' descriptions are only a version. */
function nameOf(info: GPUAdapterInfo): string {
  const { vendor, architecture, device, description } = info;
  const family = [vendor, architecture].filter(Boolean).join(' ');
  const names = [device.replace(/-+$/, '') || family, description].filter(Boolean);
  return names.join(', ') || 'a GPU without a name';
}

function howToGetOne(): string {
  if (!isNode()) return "turn on the browser's hardware acceleration, and check its GPU page";
  if (process.platform === 'darwin') return 'Metal is missing: WebGPU needs macOS 12 or later on a Mac with a GPU';
  if (process.platform === 'win32') return "install the GPU maker's current driver (Direct3D 12 or Vulkan)";
  return (
    "install the GPU's Vulkan driver (NVIDIA's own; for AMD and Intel Debian's mesa-vulkan-drivers) and libvulkan1; " +
    '`vulkaninfo --summary` lists the GPUs that Vulkan finds'
  );
}
