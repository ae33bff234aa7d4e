import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { matmulKernels } from '../../../src/kernels/webgpu/kernels/matmul/matmul.ts';
import { matrixShader } from '../../../src/kernels/webgpu/kernels/matmul/matrixShader.ts';
import { matrixTileFits, matrixTiles } from '../../../src/kernels/webgpu/kernels/matmul/matrixTile.ts';
import { planner, waysWith } from '../../../src/kernels/webgpu/kernels/matmul/plan.ts';
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

const anyLimits = { maxComputeInvocationsPerWorkgroup: 1024, maxComputeWorkgroupStorageSize: 65536 };

test("Dawn's compiler accepts the subgroup-matrix shaders of every layout, straight from arrays and not", async () => {
  const shaders = matrixUnits.flatMap((unit) =>
    matrixTiles
      .filter((tile) => matrixTileFits(tile, unit, anyLimits))
      .flatMap((tile) =>
        layouts.flatMap((layout) =>
          (unit.operand === 'f32' ? [...types, {}] : types).flatMap((reals: Reals) => {
            const straight = (['a', 'b'] as const).filter(
              (array) => tile.straight && (reals[array] ?? 'f32') === unit.operand && !(layout.sums && array === 'a'),
            );
            if (tile.straight && straight.length === 0) return [];
            const code = wgsl(matrixShader(layout, tile, unit, straight), reals);
            assert.is(code.includes('@subgroup_size(32)'), unit.fixed);
            for (const array of ['a', 'b'] as const)
              assert.is(code.includes(`${array}_tile`), !straight.includes(array), 'one way or the other');
            return [code];
          }),
        ),
      ),
  );
  assert.ok((await expectCompiled(shaders)) > 2000);
});

const small = matrixTiles.filter(({ side }) => side === 64);

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
  assert.equal(chosen(nvidia, { workgroupBytes: 16384 })?.tiles, small);
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
  assert.equal(fixed?.tiles, matrixTiles);
  assert.is(chosen(amd)?.unit.subgroup, 64);
  assert.equal(
    chosen(amd)?.tiles,
    matrixTiles.filter(({ down }) => down === 2),
  ); // others would need 512 invocations
  assert.ok(chosen(intel, { features: [MATRIX_FEATURE, SIZE_FEATURE] })?.unit.fixed);
});

test("Metal's matrices of f32 serve both precisions", () => {
  const subgroupMatrixConfigs = [configuration(8, 'f32'), configuration(8, 'f16', 'f16')];
  const apple = { vendor: 'apple', subgroupMinSize: 4, subgroupMaxSize: 64, subgroupMatrixConfigs };
  const unit = { operand: 'f32', m: 8, n: 8, k: 8, subgroup: 32, fixed: false };
  const tiles = matrixTiles.filter(({ side, down }) => side / down < 64); // 64 x 64 a subgroup would be 64 matrices
  for (const precision of ['f16', 'f32'] as const)
    assert.equal(chosen(apple, { precision, workgroupBytes: 32768 }), { unit, tiles, sameBits: false });
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

test("operands come straight from arrays of the unit's type, in products without edges whose lines are aligned", () => {
  interface Changed extends Partial<Parameters<typeof parametersOf>[0]> {
    readonly aRow?: number;
  }
  /** The sides of the straight tiles that a product may be computed by, and its plan. */
  const straight = (types: readonly ['f16' | 'f32', 'f16' | 'f32'], { aRow, ...sizes }: Changed = {}, sums = false) => {
    const plan = planner({ unit: { ...matrixUnits[0] }, tiles: matrixTiles, sameBits: false })(
      { ...parametersOf({ m: 512, n: 256, k: 64, transposeA: 0, transposeB: 1, ...sizes }), ...(aRow && { aRow }) },
      [types[0] === 'f16', types[1] === 'f16', true],
      'none',
      sums,
      undefined,
    );
    const tiles = [...plan.ways].map((way) => waysWith({ tiles: matrixTiles } as never)[way]);
    const sides = tiles.flatMap((tile) => ('straight' in tile && tile.straight ? [tile.side] : []));
    return { operands: plan.straight.join(''), sides: sides.toSorted((a, b) => a - b), kind: plan.kind };
  };
  const all = [64, 128, 128];
  const found = (...given: Parameters<typeof straight>) => {
    const { operands, sides } = straight(...given);
    return { operands, sides };
  };
  assert.equal(found(['f16', 'f16']), { operands: 'ab', sides: all });
  assert.equal(found(['f16', 'f32']), { operands: 'a', sides: all }); // weights stay f32
  assert.equal(found(['f16', 'f16'], { transposeA: 1, transposeB: 0 }, true), { operands: 'b', sides: all });
  assert.equal(found(['f16', 'f16'], { m: 448 }), { operands: 'ab', sides: [64] });
  assert.equal(found(['f16', 'f16'], { n: 250 }).sides, []);
  assert.equal(found(['f16', 'f16'], { k: 72 }).sides, []); // terms have an edge
  assert.equal(found(['f16', 'f16'], { aRow: 68 }), { operands: 'b', sides: all }); // 16 bytes are 8 halves
  assert.is.not(straight(['f16', 'f16']).kind, straight(['f16', 'f16'], { m: 511 }).kind); // of one half octave
});

test.run();
