import { readdirSync } from 'node:fs';
import { BertrandError } from '../../../../error.ts';

interface Dawn {
  create(flags: readonly string[]): GPU;
}

/**
 * Chromium's WebGPU for Node.
 * @param backend `null` executes nothing: what is left of a step is the host's time
 * @throws BertrandError where the package or its binary is missing or does not load
 */
export async function dawn(backend?: 'null'): Promise<GPU> {
  const name: string = 'webgpu'; // not a literal: the package's types clash with TypeScript's own
  try {
    const module = (await import(name)) as Dawn;
    // The first shows features that are experiments (subgroup matrices); the second rounds to 0.1 ms.
    const flags = ['enable-dawn-features=allow_unsafe_apis', 'disable-dawn-features=timestamp_quantization'];
    return module.create(backend ? [...flags, `backend=${backend}`] : flags);
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0];
    throw new BertrandError(`the npm package webgpu does not load (${reason})`, {
      advice: 'run npm install webgpu@0.6.2',
    });
  }
}

/**
 * Whether the system has a GPU at all: asking Dawn takes a quarter of a second, and where there is none its loader
 * complains on stderr.
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
