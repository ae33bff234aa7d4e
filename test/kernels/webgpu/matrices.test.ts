import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { matrixShader, matrixTiles } from '../../../src/kernels/webgpu/kernels/matmul/matrixShader.ts';
import type { ProductLayout } from '../../../src/kernels/webgpu/kernels/matmul/productText.ts';
import { wgsl } from '../../../src/kernels/webgpu/engine/shader.ts';
import type { Reals } from '../../../src/kernels/webgpu/engine/shader.ts';
import { MATRIX_FEATURE, matricesOf } from '../../../src/kernels/webgpu/kernels/matmul/subgroupMatrix.ts';

const layouts: readonly ProductLayout[] = [true, false]
  .flatMap((vectors) =>
    (['none', 'bias', 'gelu', 'add', 'geluBoth'] as const).flatMap((epilogue) =>
      [0, 1, 2, 3].map((transposes) => ({
        transposeA: transposes % 2 === 1,
        transposeB: transposes > 1,
        vectorA: vectors,
        vectorB: vectors,
        vectorC: vectors,
        epilogue,
        sums: false,
        joined: false,
      })),
    ),
  )
  .flatMap((layout): ProductLayout[] => {
    if (layout.epilogue !== 'none') return [layout];
    return [layout, { ...layout, joined: true }, ...(layout.transposeA ? [{ ...layout, sums: true }] : [])];
  });
const types: readonly Reals[] = [
  { a: 'f16', b: 'f32', c: 'f16', y: 'f16' },
  { a: 'f16', b: 'f16', c: 'f32', y: 'f32' },
];

test("Dawn's compiler accepts the subgroup-matrix shaders of every layout", async () => {
  const name: string = 'webgpu';
  const { create } = (await import(name)) as { create: (flags: readonly string[]) => GPU };
  const gpu = create(['backend=null', 'enable-dawn-features=allow_unsafe_apis']);
  const adapter = await gpu.requestAdapter();
  assert.ok(adapter);
  const device = await adapter.requestDevice({ requiredFeatures: [MATRIX_FEATURE, 'shader-f16'] });
  const problems: string[] = [];
  let compiled = 0;
  for (const [m, n, k] of [
    [16, 16, 16],
    [8, 8, 8],
    [16, 8, 8],
    [8, 16, 16],
  ])
    for (const tile of matrixTiles)
      for (const layout of layouts)
        for (const reals of types) {
          const code = wgsl(matrixShader(layout, tile, { m, n, k, subgroup: 32 }), reals);
          const info = await device.createShaderModule({ code }).getCompilationInfo();
          problems.push(...info.messages.map(({ message }) => message));
          compiled += 1;
        }
  device.destroy();
  assert.is(compiled, 4 * matrixTiles.length * layouts.length * types.length);
  assert.equal(problems, []);
  assert.ok(gpu); // referenced to the end
});

test("the adapter's largest configuration of f16 accumulated in f32 is chosen, with the tiles that fit the device", () => {
  const configuration = (extent: number, componentType = 'f16', resultComponentType = 'f32') => ({
    M: extent,
    N: extent,
    K: extent,
    componentType,
    resultComponentType,
  });
  const open = (subgroupMatrixConfigs: object[], workgroupBytes: number, feature = true) => {
    const features = new Set(feature ? [MATRIX_FEATURE] : []);
    const limits = { maxComputeInvocationsPerWorkgroup: 256, maxComputeWorkgroupStorageSize: workgroupBytes };
    const adapter = { features, info: { subgroupMatrixConfigs, subgroupMaxSize: 32 } };
    return matricesOf({ adapter } as never, { features, limits } as never);
  };
  const all = [configuration(8), configuration(16), configuration(16, 'f16', 'f16'), configuration(32, 'u8', 'u32')];
  assert.equal(open(all, 49152), { unit: { m: 16, n: 16, k: 16, subgroup: 32 }, tiles: matrixTiles });
  assert.equal(open(all, 16384)?.tiles, matrixTiles.slice(1));
  assert.is(open(all, 8192), undefined);
  assert.is(open([configuration(16, 'f16', 'f16')], 49152), undefined);
  assert.is(open(all, 49152, false), undefined);
});

test.run();
