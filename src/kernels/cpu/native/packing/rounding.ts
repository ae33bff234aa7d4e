import { PACK_ORDER } from '../../jobs/layout.ts';
import { at, rdi, rsi } from '../operands.ts';
import { alongPanels, alongRows } from './pairs.ts';

// Floats rounded to bf16, with the same results as assembly/matmul/packPairs.ts, but that numbers below 1e-38 become zeros.

const [ROUNDED, ORDER] = [2, 30]; // vectors

/** Two rows of lanes that lie side by side become one row of pairs, panel by panel. */
export const pairRows = alongPanels(
  1,
  (a, place) => {
    a.toBf16(ROUNDED, 1, 0);
    a.permuteWords(ROUNDED, ORDER, ROUNDED);
    a.storeVector(512, place(0), ROUNDED);
  },
  (a, spare) => {
    a.load32(spare, at(rsi, PACK_ORDER));
    a.loadVector(512, ORDER, at(rdi, 0, spare));
  },
);

/** Rows are rounded as they lie. */
export const roundRows = alongRows(
  1,
  (a, place) => {
    a.toBf16(ROUNDED, 1, 0);
    a.storeVector(512, place(0), ROUNDED);
  },
  () => {},
);
