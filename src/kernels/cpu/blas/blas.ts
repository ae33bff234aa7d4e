import type { Sgemm } from '../engine/module.ts';

/** A system BLAS that this thread may call. */
export interface Blas {
  /** Library and version, for users. */
  readonly name: string;
  readonly sgemm: Sgemm;
  /** The data that other threads need to connect to it. */
  readonly share: { readonly koffi: string; readonly library: string };
}

/** A platform's libraries to try, best first, and how to open them. */
export interface BlasFinder {
  readonly libraries: readonly string[];
  /** Undefined if the library cannot be loaded. */
  open(library: string, memory: WebAssembly.Memory): Blas | undefined;
  /** What to install to get one. */
  readonly advice: string;
}
