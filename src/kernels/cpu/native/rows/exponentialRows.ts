import { PASS_RESULTS, PASS_SCALE } from '../../jobs/layout.ts';
import { at, rdi } from '../operands.ts';
import type { WideAssembler } from '../wideAssembler.ts';
import { exponential, prepareExponential } from './exponential.ts';
import { across, CALL, columnsOf, rows, SPARE, X, Y } from './rows.ts';

const [FACTOR, SHIFT] = [4, 5];

/** y = factor * exp(x - shift), where the result that is there of all rows is the shift */
export function exponentialRows(a: WideAssembler): void {
  prepareExponential(a);
  a.broadcast(512, FACTOR, at(CALL, PASS_SCALE));
  a.load32(SPARE, at(CALL, PASS_RESULTS));
  a.broadcast(512, SHIFT, at(rdi, 0, SPARE));
  rows(a, () =>
    across(a, (mask) => {
      a.loadVector(512, 0, columnsOf(X), mask);
      a.floats('subtract', 0, 0, SHIFT);
      exponential(a, 0);
      a.floats('multiply', 0, 0, FACTOR);
      a.storeVector(512, columnsOf(Y), 0, mask);
    }),
  );
}
