import { alongPanels, alongRows } from './pairs.ts';
import type { WideAssembler } from '../wideAssembler.ts';

// Floats as sums of three bf16: x = p0 + p1 + p2, where p0 is x rounded to 8 bits, p1 the rest rounded, and p2 what is then left, which
// has 8 bits at most. The sum is exact but for numbers below 1e-33, whose last parts are too small for bf16, and those above 3.39e38,
// which become infinite. (Henry, Tang and Heinecke 2019, https://arxiv.org/abs/1904.06376; oneMKL and cuBLAS offer the same.)

const [PART, OTHER_PART] = [2, 3]; // vectors
const [HALF, UPPER_BITS] = [29, 28]; // vectors: half of the last bit of a bf16, and the bits that it has of a float

/** Rows that are contiguous over k stay rows. */
export const splitRows = alongRows(
  3,
  (a, place) => {
    for (const part of [0, 1]) {
      takePart(a, PART, 0);
      takePart(a, OTHER_PART, 1);
      a.toBf16(PART, OTHER_PART, PART);
      a.storeVector(512, place(part), PART);
    }
    a.toBf16(PART, 1, 0);
    a.storeVector(512, place(2), PART);
  },
  constants,
);

/** Two rows of lanes that lie side by side become one row of pairs of each part, panel by panel. */
export const splitPairRows = alongPanels(
  3,
  (a, place) => {
    for (const part of [0, 1]) {
      takePart(a, PART, 0);
      takePart(a, OTHER_PART, 1);
      pair(a, PART, OTHER_PART);
      a.storeVector(512, place(part), PART);
    }
    pair(a, 0, 1);
    a.storeVector(512, place(2), 0);
  },
  constants,
);

function constants(a: WideAssembler, spare: number): void {
  a.integerConstant(HALF, 0x8000, spare);
  a.integerConstant(UPPER_BITS, -0x10000, spare);
}

/** to = the nearest bf16 of the floats of x, which become the rest */
function takePart(a: WideAssembler, to: number, x: number): void {
  a.integers('add', to, x, HALF);
  a.integers('and', to, to, UPPER_BITS);
  a.floats('subtract', x, x, to);
}

/** The upper halves of two vectors as words, those of `low` below, to `low`. */
function pair(a: WideAssembler, low: number, high: number): void {
  a.shift('right', low, low, 16);
  a.joinIn(low, high, UPPER_BITS);
}
