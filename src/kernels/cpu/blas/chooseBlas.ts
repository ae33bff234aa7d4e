import { BertrandError } from '../../../error.ts';
import type { Arena } from '../engine/arena.ts';
import type { Blas, BlasFinder } from './blas.ts';
import { faultOf } from './blasCheck.ts';

/** `auto` for the best that passes the check, `off` for none, or a library (its name or path). */
export type BlasChoice = 'auto' | 'off' | (string & {});

export interface ChosenBlas {
  readonly blas?: Blas | undefined;
  /** Which BLAS it is, or why there is none, for users. */
  readonly remark: string;
}

/**
 * Looks for a system BLAS whose products are correct and faster than ours. A library requested by name need not be faster, but
 * throws a BertrandError if it is missing or wrong.
 * @param find the finder, or why there is none
 * @param faster whether sgemm is clearly faster than our own product
 * @param wide whether our own products are about as fast as a BLAS: then no BLAS is tried, so that timing noise cannot change the choice
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
  if (wide && !named) return { remark: 'BLAS not needed' };
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
      slower ??= `${blas.name} is not faster than our own products`;
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
