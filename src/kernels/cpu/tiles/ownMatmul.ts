import type { KernelParameters } from '../../contract.ts';
import type { Arena } from '../engine/arena.ts';
import { Jobs } from '../engine/jobs.ts';
import type { KernelExports } from '../engine/module.ts';
import { EMULATED_COLUMNS, EMULATED_ROWS, PAIRS_AMX, PAIRS_EMULATED, PAIRS_NONE, PAIRS_SPLIT } from '../jobs/layout.ts';
import { Matmul, packedMultiplier, wasmMultiplier } from '../kernels/matmul.ts';
import type { Cut, Multiplier } from '../kernels/matmul.ts';

/** Tiles of so many rows and columns, in machine code or of pairs of bf16 (PAIRS_NATIVE or PAIRS_EMULATED). */
export interface PackedTiles extends Cut {
  readonly pairs: number;
  /** Whether machine code also passes over rows. */
  readonly passes: boolean;
}
/** Those of pairs without machine code. */
export const emulatedTiles: PackedTiles = {
  rows: EMULATED_ROWS,
  columns: EMULATED_COLUMNS,
  pairs: PAIRS_EMULATED,
  passes: false,
};

/** What our own products are made of: tiles of floats in WebAssembly, or others. */
export type OwnTiles = 'narrow' | 'wide' | PackedTiles;

/** Gives the calling thread's kernels their scratch memory, which is returned. */
export function enter(exports: KernelExports, arena: Arena): number {
  const scratch = arena.allocate(exports.scratchBytes());
  exports.enter(scratch, 0);
  return scratch;
}

/** Has the kernels of all threads compute products in tiles of that kind. */
export function takeTiles(exports: KernelExports, tiles: OwnTiles): Multiplier {
  const packed = typeof tiles === 'object' ? tiles : undefined;
  exports.setWide(Number(tiles === 'wide'));
  const { rows = 0, columns = 0, pairs = PAIRS_NONE, passes = false } = packed ?? {};
  exports.setNative(rows, columns, pairs, Number(passes));
  return packed ? packedMultiplier(packed, pairs >= PAIRS_AMX, pairs === PAIRS_SPLIT) : wasmMultiplier;
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
