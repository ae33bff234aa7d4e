import { BertrandError } from '../../error.ts';
import { createDevice } from '../device.ts';
import { isNode } from '../platform.ts';
import type { Device } from '../device.ts';
import { describe, openGl } from './engine/context.ts';
import type { Engine, WebGlHandles } from './engine/engine.ts';
import { glEngine } from './engine/glEngine.ts';
import { webGlKernels } from './kernels.ts';
import { loadGpuJs } from './engine/library.ts';
import type { GpuJs } from './engine/library.ts';
import { plainEngine } from './engine/plainEngine.ts';

export type WebGlMode = 'webgl2' | 'webgl' | 'headlessgl' | 'webasm' | 'cpu';

export interface WebGlOptions {
  /** One of gpu.js's modes; by default the best GL mode available, or in Node without GL gpu.js's own WebAssembly. */
  readonly mode?: WebGlMode;
}

/**
 * Opens WebGL through gpu.js as a device; its description says which of gpu.js's modes actually runs.
 * Throws a BertrandError that says what is missing and how to get it.
 */
export async function openWebGl({ mode }: WebGlOptions = {}): Promise<Device> {
  const library = await loadGpuJs();
  const engine = mode
    ? openMode(mode, library)
    : firstOf(isNode() ? ['headlessgl', 'webasm', 'cpu'] : ['webgl2', 'webgl'], library);
  return createDevice<WebGlHandles>({
    name: 'webgl',
    description: engine.description,
    elementBytes: engine.elementBytes,
    viewAlignment: 0,
    ...(engine.largestArray && { largestArray: engine.largestArray }),
    ...(engine.packs ? {} : { timer: 'call' as const }),
    kernels: webGlKernels(engine),
    allocate: (_, size) => engine.allocate(size) as never,
    release: (_, array) => engine.release(array),
    view: () => {
      throw new BertrandError('webgl: textures have no views');
    },
    write(type, array, data) {
      if (type === 'i32') expectExact(data);
      engine.write(array, data);
    },
    read: (type, array, size) => engine.read(type, array, size),
    close: () => engine.close(),
  });
}

/** Throws a BertrandError for integers that float32, in which they are stored, cannot hold. */
function expectExact(data: ArrayLike<number>): void {
  for (let i = 0; i < data.length; i++)
    if (Math.abs(data[i]) > 2 ** 24)
      throw new BertrandError(`webgl: the integer ${data[i]} exceeds 2^24, the largest that float32 holds exactly`, {
        advice: 'lower train.batchSize or data.sequenceLength',
      });
}

function firstOf(modes: readonly WebGlMode[], library: GpuJs): Engine {
  const reasons: string[] = [];
  for (const mode of modes)
    try {
      return openMode(mode, library);
    } catch (error) {
      if (!(error instanceof BertrandError)) throw error;
      reasons.push(error.message);
    }
  throw new BertrandError(reasons.join('; '));
}

function openMode(mode: WebGlMode, library: GpuJs): Engine {
  if (mode === 'webasm' || mode === 'cpu') return plainEngine(mode, library);
  if (mode === 'headlessgl') return openHeadless(library);
  const gl = openGl(mode);
  const gpu = new library.GPU({ canvas: gl.canvas, context: gl.context });
  return glEngine(gl, gpu, mode === 'webgl2' ? library.WebGL2Kernel : library.WebGLKernel);
}

/** gpu.js itself creates headless-gl's context, along with its first kernel. */
function openHeadless({ GPU, HeadlessGLKernel }: GpuJs): Engine {
  if (!HeadlessGLKernel.isSupported)
    throw new BertrandError(
      'headless-gl (npm gl) is not installed or finds no display: docs/webgl.md says how to install it, and xvfb-run provides a display',
    );
  const gpu = new GPU({ mode: 'headlessgl' });
  gpu.createKernel('function () { return 0; }', { output: [1] });
  return glEngine(describe('headlessgl', gpu.context as WebGLRenderingContext), gpu, HeadlessGLKernel);
}
