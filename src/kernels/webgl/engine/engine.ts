import type { ArrayType } from '../../contract.ts';
import type { HostArray } from '../../backend.ts';
import type { RunProgram, ProgramInputs, Program, Extent, Shaped } from './program.ts';

/** An array of the device. Its memory is exchanged when a kernel replaces what it holds. */
export interface WebGlArray {
  memory: unknown;
}
export interface WebGlHandles {
  f32: WebGlArray;
  f16: never;
  i32: WebGlArray; // as floats: whole numbers below 2^24
}

/** What the kernels are written on: gpu.js over textures, or gpu.js over plain arrays. */
export interface Engine {
  /** What actually runs the programs, for people. */
  readonly description: string;
  /** Whether arrays may be packed, four numbers per element. */
  readonly packs: boolean;
  /** Bytes an element takes. */
  readonly elementBytes: number;
  /** Elements that one array can hold, where there is a limit. */
  readonly largestArray?: number;
  /** A new zero-filled array. Throws a BertrandError for one that does not fit. */
  allocate(size: number): WebGlArray;
  release(array: WebGlArray): void;
  write(array: WebGlArray, data: ArrayLike<number>): void;
  read(type: ArrayType, array: WebGlArray, size: number): Promise<HostArray>;
  program<const P extends ProgramInputs>(program: Program<P>): RunProgram<P, WebGlArray>;
  /** An array for what a kernel keeps only while it runs; `finish` takes it back. */
  workspace(size: number, packed?: 'packed'): WebGlArray;
  /** Calls `compute` with an array of the same size, then gives `array` what was written there. */
  replace(array: WebGlArray, compute: (fresh: WebGlArray) => void): void;
  /** To be called after each kernel of the contract. */
  finish(): void;
  close(): Promise<void>;
}

/** Sees an array as one of up to three dimensions, the fastest first. */
export function shaped(array: WebGlArray, x: number, y = 1, z = 1): Shaped<WebGlArray> {
  return { array, shape: [x, y, z] };
}

/** With the dimensions that are left out. */
export function fullShape([x, y = 1, z = 1]: readonly number[]): Extent {
  return [x ?? 1, y, z];
}
