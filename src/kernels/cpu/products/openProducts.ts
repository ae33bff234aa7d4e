import type { BlasFinder } from '../blas/blas.ts';
import { fillWhole } from '../blas/operands.ts';
import type { Arena } from '../engine/arena.ts';
import { instantiateKernels } from '../engine/module.ts';
import type { CompiledKernels, KernelExports } from '../engine/module.ts';
import { blasMultiplier } from '../kernels/matmul.ts';
import type { Multiplier } from '../kernels/matmul.ts';
import type { Native, NativeOptions } from '../native/native.ts';
import { faultOfNative, ROUNDING } from '../native/nativeCheck.ts';
import { packedTiles } from '../native/packedTiles.ts';
import { checkedTiles } from '../native/rowsCheck.ts';
import { enter, ownMatmul, takeTiles } from '../tiles/ownMatmul.ts';
import { blasProduct, FEW_ROUNDS, ownProduct, race } from '../tiles/race.ts';
import { chooseTile } from '../tiles/tile.ts';
import type { TileChoice } from '../tiles/tileChoices.ts';
import { chooseProducts } from './chooseProducts.ts';
import type { ProductsChoice, Shares } from './products.ts';

/** How many times as fast as WebAssembly a BLAS must be: far from the ratios that are seen, which are about 1, or 1.5 and more. */
const BLAS_GAIN = 1.3;

/** Where machine code and libraries come from. */
export interface ProductsPlatform {
  openNative(memory: WebAssembly.Memory, options: NativeOptions): Native | string;
  /** How to find a BLAS for that many threads, or why there is none. */
  findBlas(threads: number): BlasFinder | string;
}

export interface ProductsOptions {
  readonly products: ProductsChoice;
  readonly tile: TileChoice;
  readonly vectorBits?: 256 | 512 | undefined;
  readonly amx?: boolean | undefined;
  readonly fusedMultiplyAdd: boolean;
  readonly threads: number;
}

/** The kernels, and who computes products for them. */
export interface OpenedProducts {
  /** Who it is: a value of the config's `cpu.products`. */
  readonly products: string;
  /** For people: who it is, and why not who would be faster. */
  readonly remark: string;
  /** What the last bits of products depend on. */
  readonly bits: string;
  readonly exports: KernelExports;
  readonly multiplier: Multiplier;
  /** Whether they are computed in wide tiles of WebAssembly. */
  readonly wide: boolean;
  readonly shares: Shares;
}

/** Instantiates the kernels for the calling thread, with the products that are asked for, or the fastest. */
export async function openProducts(
  platform: ProductsPlatform,
  modules: CompiledKernels,
  arena: Arena,
  { products: choice, tile, vectorBits, fusedMultiplyAdd, threads }: ProductsOptions,
): Promise<OpenedProducts> {
  const { memory } = arena;
  const open = (name: 'native' | 'amx'): Native | string => {
    if (choice !== 'auto' && choice !== name) return 'not asked for';
    if (!fusedMultiplyAdd) return 'fused multiply-add is off';
    return platform.openNative(memory, { asked: choice === name, bits: vectorBits, split: name === 'amx' });
  };
  const [native, amx] = [open('native'), open('amx')];
  const instantiate = (code: Native | string): Promise<KernelExports> =>
    instantiateKernels(modules, memory, { multiplyTiles: typeof code === 'string' ? undefined : code.multiplyTiles });
  const own = await instantiate(native);
  const scratch = enter(own, arena);
  const ofAmx = typeof amx === 'string' ? own : await instantiate(amx);
  ofAmx.enter(scratch, 0);
  const [nativeTile, amxTile] = [native, amx].map((code) => (typeof code === 'string' ? 'narrow' : packedTiles(code)));
  let kept: 'narrow' | 'wide' | undefined;
  const wasmTile = (): 'narrow' | 'wide' => (kept ??= chooseTile(tile, own, arena));
  const chosen = chooseProducts(
    choice,
    {
      native,
      nativeFault: () => faultOfNative(ownMatmul(own, arena, nativeTile), ownMatmul(own, arena, 'narrow'), arena),
      nativeFaster() {
        const products = [ownProduct(own, arena, 'narrow'), ownProduct(own, arena, nativeTile)];
        const [wasm = 0, ours = 0] = race(arena, products, FEW_ROUNDS);
        return ours < wasm;
      },
      amx,
      amxFault() {
        const [products, wasm] = [ownMatmul(ofAmx, arena, amxTile), ownMatmul(own, arena, 'narrow')];
        return (
          faultOfNative(products, wasm, arena, fillWhole) ?? faultOfNative(products, wasm, arena, undefined, ROUNDING)
        );
      },
      amxFaster() {
        const products = [ownProduct(own, arena, nativeTile), ownProduct(ofAmx, arena, amxTile)];
        const [others = 0, ours = 0] = race(arena, products);
        return ours < others;
      },
      findBlas: () => platform.findBlas(threads),
      blasFaster(sgemm) {
        const [ours = 0, theirs = 0] = race(arena, [ownProduct(own, arena, wasmTile()), blasProduct(sgemm)]);
        return BLAS_GAIN * theirs < ours;
      },
    },
    arena,
  );
  const { blas } = chosen;
  const split = chosen.native?.tile.split === true;
  const exports = blas ? await instantiateKernels(modules, memory, { sgemm: blas.sgemm }) : split ? ofAmx : own;
  exports.enter(scratch, 0);
  const [tiles, remark] = chosen.native
    ? checkedTiles(exports, arena, chosen.native)
    : [blas ? 'narrow' : wasmTile(), ''];
  const multiplier = takeTiles(exports, tiles);
  return {
    products: split ? 'amx' : chosen.native ? 'native' : (blas?.share.library ?? 'wasm'),
    remark: chosen.remark + remark,
    bits: blas ? chosen.remark : `products of our own${split ? ', of floats in three parts, added as AMX does' : ''}`,
    exports,
    multiplier: blas ? blasMultiplier : multiplier,
    wide: tiles === 'wide',
    shares: { blas: blas?.share, native: chosen.native?.share },
  };
}
