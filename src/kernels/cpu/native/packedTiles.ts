import { PAIRS_AMX, PAIRS_NATIVE, PAIRS_NONE, PAIRS_SPLIT } from '../jobs/layout.ts';
import type { PackedTiles } from '../tiles/ownMatmul.ts';
import type { Native } from './native.ts';
import { columnsOf } from './tiles/kinds.ts';

/** The tiles of machine code, as the kernels are told of them. */
export const packedTiles = ({ tile, passes }: Native): PackedTiles => ({
  rows: tile.rows,
  columns: columnsOf(tile),
  pairs: tile.split ? PAIRS_SPLIT : tile.amx ? PAIRS_AMX : tile.pairs ? PAIRS_NATIVE : PAIRS_NONE,
  passes,
});
