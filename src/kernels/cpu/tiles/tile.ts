import type { Arena } from '../engine/arena.ts';
import type { KernelExports } from '../engine/module.ts';
import { ownProduct, race, resultOf } from './race.ts';
import type { TileChoice } from './tileChoices.ts';

/** The tile that was asked for, or the faster. */
export function chooseTile(choice: TileChoice, exports: KernelExports, arena: Arena): 'narrow' | 'wide' {
  return choice === 'wide' || (choice === 'auto' && wideWins(exports, arena)) ? 'wide' : 'narrow';
}

/** Whether wide tiles are faster, and correct: V8's compilation of them is experimental. */
function wideWins(exports: KernelExports, arena: Arena): boolean {
  const [narrow, wide] = [ownProduct(exports, arena, 'narrow'), ownProduct(exports, arena, 'wide')];
  const [narrowSeconds = 0, wideSeconds = 0] = race(arena, [narrow, wide]);
  if (wideSeconds >= narrowSeconds) return false;
  const expected = resultOf(arena, narrow);
  return resultOf(arena, wide).every((value, i) => Object.is(value, expected[i]));
}
