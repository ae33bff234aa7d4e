import { createRequire } from 'node:module';

/** A shared library. */
export interface Library {
  func(definition: string): (...values: unknown[]) => unknown;
  /** The address of a variable. */
  symbol(name: string, type: string): bigint;
}

/** The functions used of koffi, which calls machine code and shared libraries. */
export interface Koffi {
  /** Loads a shared library; null is the process itself. Its symbols are the library's own, unless they are global. */
  load(path: string | null, options?: { readonly global: boolean }): Library;
  address(of: ArrayBufferView): bigint;
  array(type: string, length: number): unknown;
  encode(address: bigint, type: unknown, value: unknown): void;
  proto(result: string, parameters: string[]): unknown;
  decode(address: bigint, type: unknown): (...values: number[]) => void;
}

/**
 * koffi for this platform. It has all of koffi's functions; the package `koffi` itself only chooses between platforms, and runs a
 * script when it is installed.
 */
const name = `@koromix/koffi-${process.platform}-${process.arch}`;

/** koffi and where other threads find it, or why it cannot be used. It is an optional dependency. */
export function loadKoffi(): { readonly path: string; readonly module: Koffi } | string {
  const require = createRequire(import.meta.url);
  try {
    return { path: require.resolve(name), module: require(name) as Koffi };
  } catch {
    return `it needs the npm package ${name}`;
  }
}
