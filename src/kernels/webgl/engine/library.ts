import { BertrandError } from '../../../error.ts';

/** The part of gpu.js used here. Its own types lack what our textures need. */
export interface GpuJs {
  readonly GPU: new (settings: { mode?: string; canvas?: unknown; context?: unknown }) => Gpu;
  readonly WebGL2Kernel: KernelClass;
  readonly WebGLKernel: KernelClass;
  readonly HeadlessGLKernel: KernelClass;
  readonly WebAssemblyKernel: KernelClass;
  readonly CPUKernel: KernelClass;
  readonly input: (values: Float32Array, size: readonly number[]) => object;
}

export interface KernelClass {
  readonly isSupported: boolean;
  readonly features?: { readonly isFloatRead?: boolean };
  new (...args: never): unknown;
}

export interface Gpu {
  readonly context: unknown;
  createKernel(
    source: string,
    settings: object,
  ): { (...args: unknown[]): unknown; kernel: object; setOutput(shape: readonly number[]): void };
  addFunction(source: string): void;
  destroy(): Promise<void>;
}

/**
 * gpu.js is large and rarely needed: it is an optional package, loaded when a device is opened.
 * @throws BertrandError if it is not installed
 */
export async function loadGpuJs(): Promise<GpuJs> {
  try {
    const module = (await import('gpu.js')) as unknown as GpuJs | { default: GpuJs };
    return 'default' in module ? module.default : module;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error;
    throw new BertrandError('the npm package gpu.js is not installed', {
      advice: 'run npm install gpu.js@2.24.1',
      cause: error,
    });
  }
}
