import type { Adapter } from '../../engine/adapter/adapter.ts';
import { matrixTileNeeds, matrixTiles } from './matrixShader.ts';
import type { MatrixTile, MatrixUnit } from './matrixShader.ts';

/** Experimental in Dawn; Vulkan calls them cooperative matrices. Newer than TypeScript's own WebGPU types. */
export const MATRIX_FEATURE = 'chromium-experimental-subgroup-matrix' as GPUFeatureName;

interface Configuration {
  readonly componentType: string;
  readonly resultComponentType: string;
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

/** The largest of the adapter's configurations that fits the tiles of `matrixShader.ts`; undefined if there is none. */
function matrixUnitOf({ adapter }: Pick<Adapter, 'adapter'>): MatrixUnit | undefined {
  const info = adapter.info as {
    readonly subgroupMatrixConfigs?: Iterable<Configuration>;
    readonly subgroupMaxSize?: number;
  };
  if (!adapter.features.has(MATRIX_FEATURE) || !info.subgroupMaxSize) return undefined;
  const [best] = [...(info.subgroupMatrixConfigs ?? [])]
    .filter(({ componentType, resultComponentType }) => componentType === 'f16' && resultComponentType === 'f32')
    .filter(({ M, N, K }) => [M, N, K].every((extent) => extent >= 4 && 32 % extent === 0))
    .toSorted((a, b) => b.M * b.N * b.K - a.M * a.N * a.K);
  return best && { m: best.M, n: best.N, k: best.K, subgroup: info.subgroupMaxSize };
}

/** A matrix unit, and the tiles of it that fit the device. */
export interface Matrices {
  readonly unit: MatrixUnit;
  readonly tiles: readonly MatrixTile[];
}

/** A device's matrix units, if it has usable ones. */
export function matricesOf(
  adapter: Pick<Adapter, 'adapter'>,
  { limits, features }: Pick<GPUDevice, 'limits' | 'features'>,
): Matrices | undefined {
  const unit = features.has(MATRIX_FEATURE) ? matrixUnitOf(adapter) : undefined;
  if (!unit) return undefined;
  const tiles = matrixTiles.filter((tile) => {
    const { invocations, bytes } = matrixTileNeeds(tile, unit);
    return invocations <= limits.maxComputeInvocationsPerWorkgroup && bytes <= limits.maxComputeWorkgroupStorageSize;
  });
  return tiles.length > 0 ? { unit, tiles } : undefined;
}
