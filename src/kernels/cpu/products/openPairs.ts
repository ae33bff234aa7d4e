import { BertrandError } from '../../../error.ts';
import { fillWhole } from '../blas/operands.ts';
import type { Arena } from '../engine/arena.ts';
import { instantiateKernels } from '../engine/module.ts';
import type { CompiledKernels, KernelExports } from '../engine/module.ts';
import type { Native, NativeOptions } from '../native/native.ts';
import { faultOfNative } from '../native/nativeCheck.ts';
import { packedTiles } from '../native/packedTiles.ts';
import { checkedTiles } from '../native/rowsCheck.ts';
import { emulatedTiles, enter, ownMatmul, takeTiles } from '../tiles/ownMatmul.ts';
import { FEW_ROUNDS, ownProduct, race } from '../tiles/race.ts';
import type { OpenedProducts, ProductsOptions, ProductsPlatform } from './openProducts.ts';
import type { ProductsChoice } from './products.ts';

/**
 * Instantiates the kernels for the calling thread, with products whose operands are rounded to bf16: in machine code, or emulated
 * without it where that was asked for. Throws a BertrandError that says what is missing.
 */
export async function openPairs(
  platform: ProductsPlatform,
  modules: CompiledKernels,
  arena: Arena,
  { products: choice, vectorBits, amx }: ProductsOptions,
): Promise<OpenedProducts> {
  const native =
    choice === 'emulated' ? undefined : nativePairs(platform, arena.memory, choice, { bits: vectorBits, amx });
  const exports = await instantiateKernels(modules, arena.memory, { multiplyTiles: native?.multiplyTiles });
  enter(exports, arena);
  const emulated = ownMatmul(exports, arena, emulatedTiles);
  const tiles = native ? packedTiles(native) : emulatedTiles;
  const faultFor = (fill?: typeof fillWhole): string | undefined =>
    native && faultOfNative(ownMatmul(exports, arena, tiles), emulated, arena, fill);
  const fault = faultFor(fillWhole); // whatever the order in which a processor adds a pair's products
  if (fault !== undefined) refuse(fault);
  const emulatedBits = faultFor() === undefined;
  const slower = native && (await slowerThanFloats(platform, modules, arena, exports, native, vectorBits));
  const [checked, remark] = native ? checkedTiles(exports, arena, native) : [tiles, ''];
  return {
    exports,
    multiplier: takeTiles(exports, checked),
    wide: false,
    shares: { native: native?.share },
    products: native ? 'native' : 'emulated',
    remark: native
      ? `products of bf16 in machine code (${native.name})${slower ? ', slower than those of f32 here' : ''}${remark}`
      : 'products of bf16 emulated in WebAssembly, slow',
    bits: `products of our own, of bf16${emulatedBits ? '' : `, added as ${native?.name} does`}`,
  };
}

/** Whether this processor multiplies bf16 more slowly than f32, for people to know: some do. */
async function slowerThanFloats(
  platform: ProductsPlatform,
  modules: CompiledKernels,
  arena: Arena,
  exports: KernelExports,
  native: Native,
  bits: number | undefined,
): Promise<boolean> {
  const floats = platform.openNative(arena.memory, { asked: true, bits });
  if (typeof floats === 'string') return false;
  const others = await instantiateKernels(modules, arena.memory, { multiplyTiles: floats.multiplyTiles });
  const scratch = enter(others, arena);
  const products = [ownProduct(exports, arena, packedTiles(native)), ownProduct(others, arena, packedTiles(floats))];
  const [ours = 0, theirs = 0] = race(arena, products, FEW_ROUNDS);
  arena.release(scratch);
  return theirs < ours;
}

function nativePairs(
  platform: ProductsPlatform,
  memory: WebAssembly.Memory,
  choice: ProductsChoice,
  limits: Pick<NativeOptions, 'bits' | 'amx'>,
): Native {
  if (choice !== 'auto' && choice !== 'native')
    throw new BertrandError(`products by ${choice} are not computed in bf16`, {
      advice: 'write cpu.products: auto (and do not set BERTRAND_BLAS), or train.precision: f32',
    });
  const native = platform.openNative(memory, { ...limits, asked: choice === 'native', bf16: true });
  return typeof native === 'string' ? refuse(native) : native;
}

function refuse(reason: string): never {
  throw new BertrandError(`the cpu device cannot compute in bf16 here: ${reason}`, {
    advice: 'write train.precision: f32, or cpu.products: emulated, which is slow',
  });
}
