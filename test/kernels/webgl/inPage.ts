import { openReference } from '../../../src/kernels/reference/index.ts';
import { openWebGl } from '../../../src/kernels/webgl/index.ts';
import type { WebGlMode } from '../../../src/kernels/webgl/index.ts';
import type { KernelName } from '../../../src/kernels/contract.ts';
import { differences } from '../conformance.ts';

/** Lines on what differs from reference, by kernel. */
export async function conformance(kernels: KernelName[], mode?: WebGlMode): Promise<Record<string, string[]>> {
  const webgl = await openWebGl(mode ? { mode } : {});
  const reference = openReference();
  const found: Record<string, string[]> = {};
  for (const kernel of kernels) {
    const start = performance.now();
    try {
      found[kernel] = await differences(kernel, webgl, reference);
    } catch (error) {
      found[kernel] = [String(error)];
    }
    found[kernel].push(`${(performance.now() - start).toFixed(0)} ms`);
  }
  await webgl.close();
  return { ...found, description: [webgl.description] };
}
