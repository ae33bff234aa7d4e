import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { matmulKernels } from '../../../src/kernels/webgpu/kernels/matmul/matmul.ts';
import { matrixShader } from '../../../src/kernels/webgpu/kernels/matmul/matrixShader.ts';
import { matrixTiles } from '../../../src/kernels/webgpu/kernels/matmul/matrixTile.ts';
import { parametersOf } from '../../../src/kernels/webgpu/kernels/matmul/trialProducts.ts';
import type { ProductLayout } from '../../../src/kernels/webgpu/kernels/matmul/productText.ts';
import { wgsl } from '../../../src/kernels/webgpu/engine/shader.ts';
import type { Reals } from '../../../src/kernels/webgpu/engine/shader.ts';
import { MATRIX_FEATURE, SIZE_FEATURE, matricesOf } from '../../../src/kernels/webgpu/kernels/matmul/subgroupMatrix.ts';
import { expectCompiled, matrixUnits } from './matrixCompiler.ts';

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
  const shaders = matrixUnits.flatMap((unit) =>
    matrixTiles.flatMap((tile) =>
      layouts.flatMap((layout) =>
        (unit.operand === 'f32' ? [...types, {}] : types).map((reals) => {
          const code = wgsl(matrixShader(layout, tile, unit), reals);
          assert.is(code.includes('@subgroup_size(32)'), unit.fixed);
          return code;
        }),
      ),
    ),
  );
  assert.is(await expectCompiled(shaders), (3 * types.length + 3) * matrixTiles.length * layouts.length);
});

const configuration = (extent: number, componentType = 'f16', resultComponentType = 'f32') => ({
  M: extent,
  N: extent,
  K: extent,
  componentType,
  resultComponentType,
});

interface Asked {
  readonly precision?: 'f16' | 'f32';
  readonly workgroupBytes?: number;
  readonly features?: readonly GPUFeatureName[];
}

/** What is chosen on an adapter that says this of itself. */
function chosen(info: object, { precision = 'f16', workgroupBytes = 49152, features = [MATRIX_FEATURE] }: Asked = {}) {
  const has = new Set(features);
  const limits = { maxComputeInvocationsPerWorkgroup: 256, maxComputeWorkgroupStorageSize: workgroupBytes };
  return matricesOf({ adapter: { features: has, info } } as never, { features: has, limits } as never, precision);
}

test("the adapter's largest configuration of f16 accumulated in f32 is chosen, with the tiles that fit the device", () => {
  const all = [configuration(8), configuration(16), configuration(16, 'f16', 'f16'), configuration(32, 'u8', 'u32')];
  const nvidia = { vendor: 'nvidia', subgroupMinSize: 32, subgroupMaxSize: 32, subgroupMatrixConfigs: all };
  const unit = { operand: 'f16', m: 16, n: 16, k: 16, subgroup: 32, fixed: false };
  assert.equal(chosen(nvidia), { unit, tiles: matrixTiles, sameBits: false });
  assert.equal(chosen(nvidia, { workgroupBytes: 16384 })?.tiles, matrixTiles.slice(1));
  assert.is(chosen(nvidia, { workgroupBytes: 8192 }), undefined);
  assert.is(chosen(nvidia, { features: [] }), undefined);
  assert.is(chosen(nvidia, { precision: 'f32' }), undefined);
  assert.is(chosen({ ...nvidia, subgroupMatrixConfigs: [configuration(16, 'f16', 'f16')] }), undefined);
});

test('where subgroups have several sizes, 32 is fixed if that is possible', () => {
  const amd = { vendor: 'amd', subgroupMinSize: 32, subgroupMaxSize: 64, subgroupMatrixConfigs: [configuration(16)] };
  const intel = { ...amd, vendor: 'intel', subgroupMinSize: 8, subgroupMaxSize: 32 };
  const fixed = chosen(amd, { features: [MATRIX_FEATURE, SIZE_FEATURE] });
  assert.equal(fixed?.unit, { operand: 'f16', m: 16, n: 16, k: 16, subgroup: 32, fixed: true });
  assert.is(fixed?.tiles.length, 2);
  assert.is(chosen(amd)?.unit.subgroup, 64);
  assert.is(chosen(amd)?.tiles.length, 1); // the other would need 512 invocations
  assert.ok(chosen(intel, { features: [MATRIX_FEATURE, SIZE_FEATURE] })?.unit.fixed);
});

test("Metal's matrices of f32 serve both precisions", () => {
  const subgroupMatrixConfigs = [configuration(8, 'f32'), configuration(8, 'f16', 'f16')];
  const apple = { vendor: 'apple', subgroupMinSize: 4, subgroupMaxSize: 64, subgroupMatrixConfigs };
  const unit = { operand: 'f32', m: 8, n: 8, k: 8, subgroup: 32, fixed: false };
  for (const precision of ['f16', 'f32'] as const)
    assert.equal(chosen(apple, { precision, workgroupBytes: 32768 }), { unit, tiles: matrixTiles, sameBits: false });
});

test('the tuner chooses between matrices and plain tiles where both give the same bits, and only there', () => {
  const ways = (sameBits: boolean, types: readonly [('f16' | 'f32')?, ('f16' | 'f32')?], n = 128): number[] => {
    let asked: readonly number[] = [];
    const tuner = { run: (_: string, given: readonly number[]) => void (asked = given) };
    const unit = { operand: 'f32', m: 8, n: 8, k: 8, subgroup: 32, fixed: false } as const;
    const queue = { shader: () => () => {} };
    const { matmul } = matmulKernels(queue as never, tuner as never, { unit, tiles: matrixTiles, sameBits });
    const [a, b] = types.map((type) => ({ type }));
    const p = parametersOf({ m: 512, n, k: 64, transposeA: 0, transposeB: 1 });
    matmul({ a, b } as never, p, { c: { type: 'f32' } } as never);
    return [...asked];
  };
  const plain = 3; // tiles, whose ways come first
  assert.ok(ways(false, ['f32', 'f32']).every((way) => way >= plain));
  assert.ok(ways(true, ['f16', 'f32']).every((way) => way >= plain));
  const both = ways(true, ['f32', 'f32']);
  assert.ok(both[0] >= plain && both.some((way) => way < plain), both.join());
  assert.ok(
    ways(true, ['f32', 'f32'], 8).every((way) => way < plain),
    'narrow products are plain',
  );
});

test.run();
