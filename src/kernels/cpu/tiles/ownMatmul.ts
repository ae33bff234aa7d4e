import type { KernelParameters } from '../../contract.ts';
import type { Arena } from '../engine/arena.ts';
import { Jobs } from '../engine/jobs.ts';
import type { KernelExports } from '../engine/module.ts';
import { Matmul, nativeMultiplier, wasmMultiplier } from '../kernels/matmul.ts';
import type { Cut, Multiplier } from '../kernels/matmul.ts';

/** What our own products are made of: tiles in WebAssembly, or in machine code of so many rows and columns. */
export type OwnTiles = 'narrow' | 'wide' | Cut;

/** Has the kernels of all threads compute products in tiles of that kind. */
export function takeTiles(exports: KernelExports, tiles: OwnTiles): Multiplier {
  const native = typeof tiles === 'object' ? tiles : undefined;
  exports.setWide(Number(tiles === 'wide'));
  exports.setNative(native?.rows ?? 0, native?.columns ?? 0);
  return native ? nativeMultiplier(native) : wasmMultiplier;
}

/** A product of the contract, on one thread. */
export type OwnMatmul = (a: number, b: number, c: number, p: KernelParameters<'matmul'>) => void;

/** Our own products, to try them. */
export function ownMatmul(exports: KernelExports, arena: Arena, tiles: OwnTiles): OwnMatmul {
  const matmul = new Matmul(arena, new Jobs(arena, exports, undefined), takeTiles(exports, tiles));
  return (...product) => {
    takeTiles(exports, tiles);
    matmul.run(...product);
  };
}
