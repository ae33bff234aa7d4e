import type { Sgemm } from '../engine/module.ts';

/** A system BLAS that this thread may call. */
export interface Blas {
  /** For people: library and version. */
  readonly name: string;
  readonly sgemm: Sgemm;
  /** What the other threads need to connect to it, as data. */
  readonly share: { readonly koffi: string; readonly library: string };
}

/** What a platform offers: the libraries to try, best first, and how to open one; undefined where it cannot be loaded. */
export interface BlasFinder {
  readonly libraries: readonly string[];
  open(library: string, memory: WebAssembly.Memory): Blas | undefined;
  /** What to install to have one. */
  readonly advice: string;
}
