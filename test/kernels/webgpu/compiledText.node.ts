import { create } from 'webgpu';
import { wgsl } from '../../../src/kernels/webgpu/engine/shader.ts';
import { matmulShader, tunedLayout } from '../../../src/kernels/webgpu/kernels/matmul/matmulShader.ts';
import { tiles } from '../../../src/kernels/webgpu/kernels/matmul/matmulTile.ts';

/** Compiles the product shader of each tile; Dawn prints what it makes of it. A process of its own, for it has other toggles. */
async function main(): Promise<void> {
  const gpu = (create as (flags: readonly string[]) => GPU)(['enable-dawn-features=dump_shaders']);
  const device = await (await gpu.requestAdapter())?.requestDevice();
  if (!device) return;
  for (const tile of tiles) {
    const code = wgsl(matmulShader({ tile, ...tunedLayout }));
    const module = device.createShaderModule({ code });
    await device.createComputePipelineAsync({ layout: 'auto', compute: { module } });
  }
  process.exit(0);
}

void main();
