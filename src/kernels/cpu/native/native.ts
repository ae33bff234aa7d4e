import type { MultiplyTiles } from '../engine/module.ts';
import type { Tile } from './tiles/kinds.ts';

/** Products in machine code that this thread may call. */
export interface Native {
  /** For people: which vectors, and whether there is code for bf16. */
  readonly name: string;
  readonly tile: Tile;
  /** Whether the code passes over rows too (rows). */
  readonly passes: boolean;
  readonly multiplyTiles: MultiplyTiles;
  /** What the other threads need to connect to it, as data. */
  readonly share: { readonly koffi: string; readonly code: bigint };
}

export interface NativeOptions {
  /** Whether it was asked for by name, so that it is tried where it never ran. */
  readonly asked?: boolean;
  /** The most of a vector. */
  readonly bits?: number | undefined;
  /** Whether operands are to be rounded to bf16. */
  readonly bf16?: boolean;
  /** Whether AMX may multiply them; it does where there is any. */
  readonly amx?: boolean | undefined;
  /** Whether floats are to be split into three parts, which AMX multiplies. */
  readonly split?: boolean;
}
