import { PASS_FACTORS, PASS_RESULTS } from '../../jobs/layout.ts';
import { loadAddress } from '../convention.ts';
import { at, r15, rdi } from '../operands.ts';
import type { WideAssembler } from '../wideAssembler.ts';
import { across, CALL, columnsOf, rows, SPARE, X, Y, Z } from './rows.ts';

const GRADIENTS = r15;
const [CLIP, RATE1, RATE2, STEP, CORRECTION, EPSILON, DECAY] = [31, 30, 29, 28, 27, 26, 25];
const [GRADIENT, FIRST, SECOND, WEIGHT, OLD] = [0, 1, 2, 3, 4];

/** A step of AdamW as in assembly/adamw.ts: x are weights, y and z the moments. The factors are the gradients, the results seven numbers. */
export function adamwRows(a: WideAssembler): void {
  a.load32(SPARE, at(CALL, PASS_RESULTS));
  for (const [i, register] of [CLIP, RATE1, RATE2, STEP, CORRECTION, EPSILON, DECAY].entries())
    a.broadcast(512, register, at(rdi, 4 * i, SPARE));
  loadAddress(a, GRADIENTS, PASS_FACTORS);
  rows(a, () =>
    across(a, (mask) => {
      a.loadVector(512, GRADIENT, columnsOf(GRADIENTS), mask);
      a.floats('multiply', GRADIENT, GRADIENT, CLIP);
      a.loadVector(512, OLD, columnsOf(Y), mask);
      a.floats('subtract', FIRST, GRADIENT, OLD);
      a.multiplyThenAdd(FIRST, RATE1, OLD);
      a.storeVector(512, columnsOf(Y), FIRST, mask);
      a.loadVector(512, OLD, columnsOf(Z), mask);
      a.floats('multiply', SECOND, GRADIENT, GRADIENT);
      a.floats('subtract', SECOND, SECOND, OLD);
      a.multiplyThenAdd(SECOND, RATE2, OLD);
      a.storeVector(512, columnsOf(Z), SECOND, mask);
      a.loadVector(512, WEIGHT, columnsOf(X), mask);
      a.floats('multiply', OLD, WEIGHT, DECAY);
      a.floats('subtract', WEIGHT, WEIGHT, OLD);
      a.floats('multiply', SECOND, SECOND, CORRECTION);
      a.squareRoots(SECOND, SECOND);
      a.floats('add', SECOND, SECOND, EPSILON);
      a.floats('multiply', FIRST, FIRST, STEP);
      a.floats('divide', FIRST, FIRST, SECOND);
      a.floats('subtract', WEIGHT, WEIGHT, FIRST);
      a.storeVector(512, columnsOf(X), WEIGHT, mask);
    }),
  );
}
