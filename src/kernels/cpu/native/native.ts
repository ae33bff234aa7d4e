import type { MultiplyTiles } from '../engine/module.ts';
import type { Tile } from './tiles.ts';

/** Products in machine code that this thread may call. */
export interface Native {
  /** For people: which vectors. */
  readonly name: string;
  readonly tile: Tile;
  readonly multiplyTiles: MultiplyTiles;
  /** What the other threads need to connect to it, as data. */
  readonly share: { readonly koffi: string; readonly code: bigint };
}
