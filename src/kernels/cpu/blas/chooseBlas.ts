import { BertrandError } from '../../../error.ts';
import type { Arena } from '../engine/arena.ts';
import type { Blas, BlasFinder } from './blas.ts';
import { faultOf } from './blasCheck.ts';

export interface ChosenBlas {
  readonly blas?: Blas | undefined;
  /** Which BLAS it is, or why there is none, for users. */
  readonly remark: string;
}

/**
 * Looks for a system BLAS whose products are right. Throws a BertrandError when it was asked for and there is none.
 * @param choice the library to take (a name or a path); `auto` for the best one of the system
 * @param find where to look, or why nothing can be looked for
 * @param faster whether sgemm clearly beats our own product, where it must; left out, a BLAS was asked for
 */
export function chooseBlas(
  choice: 'auto' | (string & {}),
  find: () => BlasFinder | string,
  arena: Arena,
  faster?: (sgemm: Blas['sgemm']) => boolean,
): ChosenBlas {
  const named = choice !== 'auto';
  const refuse = (reason: string): ChosenBlas => {
    if (!faster)
      throw new BertrandError(`${named ? `the BLAS ${choice}` : 'a BLAS'} cannot be used: ${reason}`, {
        advice: named ? 'set cpu.products (or BERTRAND_BLAS) to auto' : 'set cpu.products to auto',
      });
    return { remark: `no BLAS: ${reason}` };
  };
  const finder = find();
  if (typeof finder === 'string') return refuse(finder);
  const reasons: string[] = [];
  let slower: string | undefined;
  for (const library of named ? [choice] : finder.libraries) {
    const blas = finder.open(library, arena.memory);
    if (!blas) continue;
    if (faster && !faster(blas.sgemm)) {
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
