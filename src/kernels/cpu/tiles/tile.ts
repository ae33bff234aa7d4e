import type { Arena } from '../engine/arena.ts';
import type { KernelExports } from '../engine/module.ts';
import { ownProduct, race, resultOf } from './race.ts';
import type { TileChoice } from './tileChoices.ts';

/** Makes the kernels use tiles of that kind; returns whether they are wide. */
export function chooseTile(choice: TileChoice, exports: KernelExports, arena: Arena): boolean {
  const wide = choice === 'wide' || (choice === 'auto' && wideWins(exports, arena));
  exports.setWide(Number(wide));
  return wide;
}

/** Whether wide tiles are faster, and correct: V8's compilation of them is experimental. */
function wideWins(exports: KernelExports, arena: Arena): boolean {
  const [narrow, wide] = [ownProduct(exports, arena, false), ownProduct(exports, arena, true)];
  const [narrowSeconds = 0, wideSeconds = 0] = race(arena, narrow, wide);
  if (wideSeconds >= narrowSeconds) return false;
  const expected = resultOf(arena, narrow);
  return resultOf(arena, wide).every((value, i) => Object.is(value, expected[i]));
}
