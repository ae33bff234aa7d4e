import { matmulParameters } from '../src/kernels/matmulParameters.ts';
import { glEngine } from '../src/kernels/webgl/engine/glEngine.ts';
import { openGl } from '../src/kernels/webgl/engine/context.ts';
import { loadGpuJs } from '../src/kernels/webgl/engine/library.ts';
import { matmulKernels } from '../src/kernels/webgl/kernels/matmul/matmul.ts';

interface Times {
  readonly size: number;
  readonly plain: number;
  readonly packed: number;
}

/** Milliseconds of a product of square matrices both ways, alternately in one run. */
export async function timeProducts(mode: 'webgl2' | 'webgl'): Promise<{ description: string; times: Times[] }> {
  const { GPU, WebGL2Kernel, WebGLKernel } = await loadGpuJs();
  const gl = openGl(mode);
  const gpu = new GPU({ canvas: gl.canvas, context: gl.context });
  const engine = glEngine(gl, gpu, mode === 'webgl2' ? WebGL2Kernel : WebGLKernel);
  const kernels = { plain: matmulKernels({ ...engine, packs: false }).matmul, packed: matmulKernels(engine).matmul };
  const times: Times[] = [];
  for (const size of [128, 256, 384]) {
    const [a, b, c] = [1, 2, 3].map(() => engine.allocate(size * size));
    const lines = { row: size };
    const product = matmulParameters({ m: size, n: size, k: size, transposeB: true, a: lines, b: lines, c: lines });
    const seen: Record<keyof typeof kernels, number[]> = { plain: [], packed: [] };
    for (let round = 0; round < 8; round++)
      for (const name of ['plain', 'packed'] as const) {
        const begin = performance.now();
        kernels[name]({ a, b }, product, { c });
        engine.finish();
        await engine.read('f32', c, 1);
        if (round > 0) seen[name].push(performance.now() - begin); // the first compiles
      }
    times.push({ size, plain: median(seen.plain), packed: median(seen.packed) });
  }
  await engine.close();
  return { description: engine.description, times };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
