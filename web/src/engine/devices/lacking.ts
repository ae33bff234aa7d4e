import { canShareMemory } from '../../../../src/kernels/cpu/threads/threads.browser.ts';
import { hasFusedMultiplyAdd } from '../../../../src/kernels/cpu/engine/module.ts';

/** What this browser lacks, in the page's words. */

/** Why a device of the graphics card is missing, where the browser has none for the page; undefined where it has. */
export function missing(name: 'webgpu' | 'webgl'): string | undefined {
  if (name === 'webgpu' && navigator.gpu) return undefined;
  if (name === 'webgpu')
    return isSecureContext ? 'this browser has no WebGPU' : 'it needs a page from https or from localhost';
  if (typeof OffscreenCanvas === 'function' && new OffscreenCanvas(1, 1).getContext('webgl')) return undefined;
  return 'this browser has no WebGL in workers, where the page computes, or its hardware acceleration is off';
}

/** What makes the processor slower here than elsewhere; empty if nothing does. */
export function slower(): string {
  const remarks: string[] = [];
  if (navigator.hardwareConcurrency > 1 && !canShareMemory())
    remarks.push(
      globalThis.crossOriginIsolated
        ? 'one thread, since this browser shares no memory between threads'
        : 'one thread, since the server of this page does not send the two headers that more of them need',
    );
  if (!hasFusedMultiplyAdd()) remarks.push('plain SIMD, since this browser has no relaxed SIMD');
  return remarks.join('; ');
}
