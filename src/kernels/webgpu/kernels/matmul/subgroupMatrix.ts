import type { Adapter } from '../../engine/adapter/adapter.ts';
import { matrixShader } from './matrixShader.ts';
import { linesOf, matrixTileFits, matrixTiles } from './matrixTile.ts';
import type { MatrixTile, MatrixUnit } from './matrixTile.ts';
import { wgsl } from '../../engine/shader.ts';
import { tunedLayout } from './matmulShader.ts';

/** Experimental in Dawn; Vulkan calls them cooperative matrices. Newer than TypeScript's own WebGPU types. */
export const MATRIX_FEATURE = 'chromium-experimental-subgroup-matrix' as GPUFeatureName;

/** Newer than TypeScript's own WebGPU types, too. */
export const SIZE_FEATURE = 'subgroup-size-control' as GPUFeatureName;
/** The size that is fixed: left to themselves, AMD's and Intel's drivers choose less than the largest, and workgroups would do work twice. */
const SIZE = 32;

interface Configuration {
  readonly componentType: string;
  readonly resultComponentType: string;
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

/** What a device computes products from: half precision, or f32 alone. */
type Precision = 'f16' | 'f32';

/**
 * The best of the adapter's configurations that fits the tiles of `matrixTile.ts`; undefined if there is none. In half
 * precision one that multiplies f16 and adds in f32 (NVIDIA, AMD, Intel), or else f32 throughout (Metal, which adds products of
 * f16 only in f16); in f32 only the latter.
 */
function matrixUnitOf({ adapter }: Pick<Adapter, 'adapter'>, precision: Precision): MatrixUnit | undefined {
  const info = adapter.info as {
    readonly subgroupMatrixConfigs?: Iterable<Configuration>;
    readonly subgroupMinSize?: number;
    readonly subgroupMaxSize?: number;
  };
  const { subgroupMinSize: least = SIZE, subgroupMaxSize: most } = info;
  if (!adapter.features.has(MATRIX_FEATURE) || !most) return undefined;
  const fixed = adapter.features.has(SIZE_FEATURE) && least <= SIZE && most >= SIZE && least < most;
  // All of Apple's GPUs have 32, though Metal lists more. Were it wrong, the trial would notice.
  const subgroup = fixed || adapter.info.vendor === 'apple' ? SIZE : most;
  const fitting = [...(info.subgroupMatrixConfigs ?? [])]
    .filter(({ resultComponentType }) => resultComponentType === 'f32')
    .filter(({ M, N, K }) => [M, N, K].every((extent) => extent >= 4 && 32 % extent === 0))
    .toSorted((a, b) => b.M * b.N * b.K - a.M * a.N * a.K);
  for (const operand of precision === 'f16' ? (['f16', 'f32'] as const) : (['f32'] as const)) {
    const best = fitting.find(({ componentType, K }) => componentType === operand && K <= linesOf(operand).depth);
    if (best) return { operand, m: best.M, n: best.N, k: best.K, subgroup, fixed };
  }
  return undefined;
}

/** A matrix unit, and the tiles of it that fit the device. */
export interface Matrices {
  readonly unit: MatrixUnit;
  readonly tiles: readonly MatrixTile[];
  /**
   * Whether products of operands of the unit's type have the same bits as without it, so that either may compute them; decided
   * by a trial.
   */
  readonly sameBits: boolean;
}

/** A device's matrix units, if it has usable ones. */
export function matricesOf(
  adapter: Pick<Adapter, 'adapter'>,
  { limits, features }: Pick<GPUDevice, 'limits' | 'features'>,
  precision: Precision,
): Matrices | undefined {
  const unit = features.has(MATRIX_FEATURE) ? matrixUnitOf(adapter, precision) : undefined;
  if (!unit) return undefined;
  const tiles = matrixTiles.filter((tile) => matrixTileFits(tile, unit, limits));
  return tiles.length > 0 ? { unit, tiles, sameBits: false } : undefined;
}

/** The shader texts of one layout, by tile, which the tuner chooses between. */
export function matrixProducts({ unit, tiles }: Matrices): string[] {
  return tiles.map((tile) => wgsl(matrixShader(tunedLayout, tile, unit, tile.straight ? ['a', 'b'] : [])));
}
