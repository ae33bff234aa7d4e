import { readdirSync } from 'node:fs';
import { BertrandError } from '../../../../error.ts';

interface Dawn {
  create(flags: readonly string[]): GPU;
}

/**
 * Dawn's toggles (src/dawn/native/Toggles.cpp), which dawn.node gives to adapters and devices. Those of other backends have no
 * effect.
 */
export const toggles = {
  enabled: [
    'allow_unsafe_apis', // experimental features: subgroup matrices
    // Dawn hides shader-f16 of NVIDIA's GPUs because drivers failed tests of conformance (crbug.com/42251215). Each driver has
    // to pass halfTrial.ts here.
    'vulkan_enable_f16_on_nvidia',
    'use_vulkan_memory_model', // for cooperative matrices
  ],
  disabled: ['timestamp_quantization'], // rounding of timestamps to 65.536 us (2^16 ns), which browsers keep
} as const;

/**
 * Chromium's WebGPU for Node.
 * @param backend `null` executes nothing, to measure the host's time of a step
 * @throws BertrandError if the package or its binary is missing or cannot be loaded
 */
export async function dawn(backend?: 'null'): Promise<GPU> {
  const name: string = 'webgpu'; // not a literal: the package's types clash with TypeScript's own
  try {
    const module = (await import(name)) as Dawn;
    const flags = [
      `enable-dawn-features=${toggles.enabled.join()}`,
      `disable-dawn-features=${toggles.disabled.join()}`,
    ];
    return module.create(backend ? [...flags, `backend=${backend}`] : flags);
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
    const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0];
    throw new BertrandError(
      missing ? 'the npm package webgpu is not installed' : `the npm package webgpu cannot be loaded (${reason})`,
      { advice: 'run npm install webgpu@0.6.2' },
    );
  }
}

/**
 * Whether the system may have a GPU at all: asking Dawn takes a quarter of a second, and without a GPU its loader prints
 * errors to stderr.
 */
export function mayHaveGpu(): boolean {
  if (process.platform !== 'linux') return true;
  return [...namesIn('/dev'), ...namesIn('/dev/dri')].some((name) => /^(renderD|nvidia\d|dxg$|kgsl|mali)/.test(name));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
