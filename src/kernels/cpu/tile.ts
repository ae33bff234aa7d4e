import type { Arena } from './arena.ts';
import type { KernelExports } from './module.ts';
import { ownProduct, race, resultOf } from './race.ts';

export const tileChoices = ['auto', 'narrow', 'wide'] as const;
/** What our own products are made of: `narrow` tiles (5 x 8) and vectors of 128 bits, `wide` ones (5 x 16), or the faster. Results are the same to the last bit. */
export type TileChoice = (typeof tileChoices)[number];

/** Has the kernels compute products in tiles of that kind; returns whether they are wide. */
export function chooseTile(choice: TileChoice, exports: KernelExports, arena: Arena): boolean {
  const wide = choice === 'wide' || (choice === 'auto' && wideWins(exports, arena));
  exports.setWide(Number(wide));
  return wide;
}

/** Whether wide tiles are faster, and right: what V8 makes of them is young. */
function wideWins(exports: KernelExports, arena: Arena): boolean {
  const [narrow, wide] = [ownProduct(exports, arena, false), ownProduct(exports, arena, true)];
  const [narrowSeconds = 0, wideSeconds = 0] = race(arena, narrow, wide);
  if (wideSeconds >= narrowSeconds) return false;
  const expected = resultOf(arena, narrow);
  return resultOf(arena, wide).every((value, i) => Object.is(value, expected[i]));
}
