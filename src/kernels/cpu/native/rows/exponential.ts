import {
  INVERSE_LOG,
  LOG_HIGH,
  LOG_LOW,
  MAGIC,
  POWER1,
  POWER2,
  POWER3,
  POWER4,
  POWER5,
  SMALLEST,
} from '../../jobs/exponential.ts';
import type { WideAssembler } from '../wideAssembler.ts';
import { CHOSEN, SPARE } from './rows.ts';

const constants = [SMALLEST, INVERSE_LOG, MAGIC, LOG_HIGH, LOG_LOW, POWER5, POWER4, POWER3, POWER2, POWER1, 1];
const [LEAST, INVERSE, SHIFTER, HIGH, LOW, FIFTH, FOURTH, THIRD, SECOND, FIRST] = [
  31, 30, 29, 28, 27, 26, 25, 24, 23, 22,
];
/** The register that holds ones. */
export const ONE = 21;
const [REST, SHIFTED, SCRATCH] = [1, 2, 3];

/** Registers from ONE on hold constants, and 1 to 3 what is being computed. */
export function prepareExponential(a: WideAssembler): void {
  for (const [i, value] of constants.entries()) a.constant(31 - i, value, SPARE);
}

/**
 * Register 0 becomes its own exponential, with the bits of expRow in assembly/pairs/expRow.ts.
 * @param mask of the lanes that are there; the others become zeros
 */
export function exponential(a: WideAssembler, mask: number): void {
  a.floats('larger', REST, LEAST, 0);
  a.copy(SHIFTED, REST);
  a.multiplyThenAdd(SHIFTED, INVERSE, SHIFTER);
  a.floats('subtract', SCRATCH, SHIFTED, SHIFTER);
  a.addProduct(REST, SCRATCH, HIGH);
  a.addProduct(REST, SCRATCH, LOW);
  a.copy(SCRATCH, FIFTH);
  for (const power of [FOURTH, THIRD, SECOND, FIRST]) a.multiplyThenAdd(SCRATCH, REST, power);
  a.compareFloats(CHOSEN, 'notLess', 0, LEAST, mask);
  a.floats('add', 0, REST, ONE);
  a.floats('multiply', REST, REST, REST);
  a.multiplyThenAdd(SCRATCH, REST, 0);
  a.shift('left', SHIFTED, SHIFTED, 23); // times 2^n: n is added to the exponent
  a.addIntegersIn(CHOSEN, 0, SCRATCH, SHIFTED);
}
