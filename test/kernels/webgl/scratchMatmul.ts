import { openGl } from '../../../src/kernels/webgl/context.ts';
import { glEngine } from '../../../src/kernels/webgl/glEngine.ts';
import { loadGpuJs } from '../../../src/kernels/webgl/library.ts';
import { matmulKernels } from '../../../src/kernels/webgl/matmul.ts';
import { matmulParameters } from '../../../src/autograd/matmulParameters.ts';
export async function bench(mode: 'webgl2' | 'webgl'): Promise<unknown> {
  const lib = await loadGpuJs();
  const gl = openGl(mode);
  const engine = glEngine(
    gl,
    new lib.GPU({ canvas: gl.canvas, context: gl.context }),
    mode === 'webgl2' ? lib.WebGL2Kernel : lib.WebGLKernel,
  );
  const packed = matmulKernels(engine).matmul;
  const plain = matmulKernels({ ...engine, packs: false }).matmul;
  const out: Record<string, unknown> = {};
  for (const n of [128, 256, 384]) {
    const [a, b, c] = [engine.allocate(n * n), engine.allocate(n * n), engine.allocate(n * n)];
    const p = matmulParameters({ m: n, n, k: n, transposeB: true, a: { row: n }, b: { row: n }, c: { row: n } });
    for (const [name, kernel] of [
      ['plain', plain],
      ['packed', packed],
      ['plain', plain],
      ['packed', packed],
    ] as const) {
      const times: number[] = [];
      for (let i = 0; i < 6; i++) {
        const t = performance.now();
        for (let j = 0; j < 3; j++) {
          kernel({ a, b }, p, { c });
          engine.finish();
        }
        await engine.read('f32', c, 1);
        times.push((performance.now() - t) / 3);
      }
      times.sort((x, y) => x - y);
      out[`${name} ${n}`] = `${times[2]!.toFixed(2)} ms ${((2 * n ** 3) / times[2]! / 1e6).toFixed(2)} GFLOP/s`;
    }
  }
  await engine.close();
  return out;
}
