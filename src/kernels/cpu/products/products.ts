import type { Blas } from '../blas/blas.ts';
import type { Native } from '../native/native.ts';

/** Whose products a config may ask for; it may also name a library of blas/libraries.ts. */
export const productsNames = ['auto', 'native', 'amx', 'blas', 'wasm', 'emulated'] as const;
/**
 * `native` (machine code made at run time), `amx` (the same of floats in three parts of bf16), a system's `blas`, `wasm` (ours in
 * WebAssembly), the library of that name or path, or the fastest of them (`auto`). Products of operands in bf16 are `native`, which
 * `auto` takes, or `emulated`, which is slow.
 */
export type ProductsChoice = (typeof productsNames)[number] | (string & {});

/** Who computes products; neither of both is WebAssembly. */
export interface Products {
  readonly native?: Native | undefined;
  readonly blas?: Blas | undefined;
  /** For people: who it is, and why not who would be faster. */
  readonly remark: string;
}

/** What the other threads need to connect to them. */
export interface Shares {
  readonly blas?: Blas['share'] | undefined;
  readonly native?: Native['share'] | undefined;
}
