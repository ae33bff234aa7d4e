import type { ArrayType } from '../../contract.ts';
import type { HostArray } from '../../backend.ts';
import type { RunProgram, ProgramInputs, Program, Extent, Shaped } from './program.ts';

/** An array of the device. A kernel that replaces its contents swaps its memory. */
export interface WebGlArray {
  memory: unknown;
}
export interface WebGlHandles {
  f32: WebGlArray;
  f16: never;
  i32: WebGlArray; // as floats: whole numbers below 2^24
}

/** The interface that kernels use: gpu.js over textures, or gpu.js over plain arrays. */
export interface Engine {
  /** What actually runs the programs, for users. */
  readonly description: string;
  /** Whether arrays may be packed, four numbers per element. */
  readonly packs: boolean;
  /** Bytes per element. */
  readonly elementBytes: number;
  /** Number of elements that one array can hold, if limited. */
  readonly largestArray?: number;
  /** A new zero-filled array. Throws a BertrandError if it is too large. */
  allocate(size: number): WebGlArray;
  release(array: WebGlArray): void;
  write(array: WebGlArray, data: ArrayLike<number>): void;
  read(type: ArrayType, array: WebGlArray, size: number): Promise<HostArray>;
  program<const P extends ProgramInputs>(program: Program<P>): RunProgram<P, WebGlArray>;
  /** An array for temporary data of one kernel; `finish` takes it back. */
  workspace(size: number, packed?: 'packed'): WebGlArray;
  /** Calls `compute` with an array of the same size, whose contents then replace those of `array`. */
  replace(array: WebGlArray, compute: (fresh: WebGlArray) => void): void;
  /** Must be called after each kernel of the contract. */
  finish(): void;
  close(): Promise<void>;
}

/** Views an array with up to three dimensions, the fastest first. */
export function shaped(array: WebGlArray, x: number, y = 1, z = 1): Shaped<WebGlArray> {
  return { array, shape: [x, y, z] };
}

/** The shape with omitted dimensions set to 1. */
export function fullShape([x, y = 1, z = 1]: readonly number[]): Extent {
  return [x ?? 1, y, z];
}
