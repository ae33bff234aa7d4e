import { BertrandError } from '../../error.ts';

/** Text grows tenfold when it is unpacked, a bomb a thousandfold. Small files are let grow. */
const MOST_GROWTH = 100;
const LET_GROW = 2 ** 24;

/**
 * Throws a BertrandError if what was packed grows as no text does.
 * @param given bytes or characters of text so far
 * @param taken bytes of the file so far
 * @param otherwise what to do with it if it is text all the same
 */
export function expectTextGrowth(given: number, taken: number, name: string, otherwise: string): void {
  if (given <= LET_GROW + MOST_GROWTH * taken) return;
  throw new BertrandError(`${name}: its text has more than ${MOST_GROWTH} times the bytes of the file, as none has`, {
    advice: `if it is text all the same, ${otherwise}`,
  });
}
