import { BertrandError } from '../../../error.ts';
import type { Arena } from '../engine/arena.ts';
import type { Blas, BlasFinder } from './blas.ts';
import { faultOf } from './blasCheck.ts';

/** `auto` for the best that passes, `off` for none, or the library to take (a name or a path). */
export type BlasChoice = 'auto' | 'off' | (string & {});

export interface ChosenBlas {
  readonly blas?: Blas | undefined;
  /** For people: which BLAS it is, or why there is none. */
  readonly remark: string;
}

/**
 * Looks for a system BLAS whose products are right and faster than ours. Throws a BertrandError when the one that was asked
 * for by name is not.
 * @param find where to look, or why nothing can be looked for
 * @param faster whether sgemm clearly beats our own product
 * @param wide whether our own are as fast as a BLAS: no race between equals decides then, so that the same machine always chooses the same
 */
export function chooseBlas(
  choice: BlasChoice,
  find: () => BlasFinder | string,
  arena: Arena,
  faster: (sgemm: Blas['sgemm']) => boolean,
  wide = false,
): ChosenBlas {
  if (choice === 'off') return { remark: 'BLAS off' };
  const named = choice !== 'auto';
  if (wide && !named) return { remark: 'no need of a BLAS' };
  const refuse = (reason: string): ChosenBlas => {
    if (named)
      throw new BertrandError(
        `the BLAS ${choice} cannot be used: ${reason}; set cpu.blas (or BERTRAND_BLAS) to auto or off`,
      );
    return { remark: `no BLAS: ${reason}` };
  };
  const finder = find();
  if (typeof finder === 'string') return refuse(finder);
  const reasons: string[] = [];
  let slower: string | undefined;
  for (const library of named ? [choice] : finder.libraries) {
    const blas = finder.open(library, arena.memory);
    if (!blas) continue;
    if (!named && !faster(blas.sgemm)) {
      slower ??= `${blas.name} is not faster than our own`;
      continue;
    }
    const fault = faultOf(blas.sgemm, arena);
    if (fault === undefined) return { blas, remark: `products by ${blas.name}` };
    reasons.push(`${blas.name}: ${fault}`);
  }
  if (slower) reasons.push(slower);
  if (reasons.length > 0) return refuse(reasons.join('; '));
  return refuse(named ? 'the system has no such library with a cblas_sgemm' : `${finder.advice} for faster products`);
}
