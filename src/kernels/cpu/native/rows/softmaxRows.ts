import { PASS_RESULTS, PASS_SCALE } from '../../jobs/layout.ts';
import { loadAddress } from '../convention.ts';
import { at, r15 } from '../operands.ts';
import type { WideAssembler } from '../wideAssembler.ts';
import { exponential, ONE, prepareExponential } from './exponential.ts';
import { across, addUp, allLanes, CALL, columnsOf, rows, SPARE, X, Z } from './rows.ts';

const RESULTS = r15;
const [SCALE, SHIFT, SUM, INVERSE, OTHER, PRODUCTS, INNER, NONE] = [4, 5, 6, 7, 8, 9, 10, 11];

/** Softmax of scale * x in place, in assembly/attention/attention.ts's order. Results: each row's largest scaled score, and the sum of exponentials. */
export function softmaxRows(a: WideAssembler): void {
  prepare(a);
  a.constant(NONE, -Infinity, SPARE);
  rows(a, () => {
    a.copy(SHIFT, NONE);
    across(a, (mask) => {
      a.loadVector(512, 0, columnsOf(X), mask);
      a.floats('larger', SHIFT, 0, SHIFT, mask);
    });
    allLanes(a, 'larger', SHIFT, OTHER);
    a.floats('multiply', SHIFT, SHIFT, SCALE);
    a.storeFirst(at(RESULTS), SHIFT);
    a.clear(SUM);
    across(a, (mask) => {
      shiftedExponential(a, mask);
      addUp(a, mask, [0], (lanes) => a.floats('add', SUM, SUM, 0, lanes));
    });
    allLanes(a, 'add', SUM, OTHER);
    a.storeFirst(at(RESULTS, 4), SUM);
    a.floats('divide', INVERSE, ONE, SUM);
    across(a, (mask) => {
      a.loadVector(512, 0, columnsOf(X), mask);
      a.floats('multiply', 0, 0, INVERSE);
      a.storeVector(512, columnsOf(X), 0, mask);
    });
    a.addConstant(RESULTS, 8);
  });
}

/** As rowBackward of assembly/attention/attentionBackward.ts: x becomes its softmax, z the gradient of x. Results hold log(sum(exp(scale * x))). */
export function softmaxBackwardRows(a: WideAssembler): void {
  prepare(a);
  rows(a, () => {
    a.broadcast(512, SHIFT, at(RESULTS));
    a.clear(SUM);
    a.clear(PRODUCTS);
    across(a, (mask) => {
      shiftedExponential(a, mask);
      a.loadVector(512, OTHER, columnsOf(Z), mask);
      addUp(a, mask, [0, OTHER], (lanes) => {
        a.floats('add', SUM, SUM, 0, lanes);
        a.addProduct(PRODUCTS, 0, OTHER, lanes);
      });
    });
    allLanes(a, 'add', SUM, OTHER);
    allLanes(a, 'add', PRODUCTS, OTHER);
    a.floats('divide', INVERSE, ONE, SUM);
    a.floats('divide', INNER, PRODUCTS, SUM);
    across(a, (mask) => {
      a.loadVector(512, 0, columnsOf(X), mask);
      a.floats('multiply', 0, 0, INVERSE);
      a.storeVector(512, columnsOf(X), 0, mask);
      a.loadVector(512, OTHER, columnsOf(Z), mask);
      a.floats('subtract', OTHER, OTHER, INNER);
      a.floats('multiply', 0, 0, SCALE);
      a.floats('multiply', 0, 0, OTHER);
      a.storeVector(512, columnsOf(Z), 0, mask);
    });
    a.addConstant(RESULTS, 4);
  });
}

function prepare(a: WideAssembler): void {
  prepareExponential(a);
  a.broadcast(512, SCALE, at(CALL, PASS_SCALE));
  loadAddress(a, RESULTS, PASS_RESULTS);
}

/** x becomes exp(scale * x - shift), which is in register 0 too. */
function shiftedExponential(a: WideAssembler, mask: number): void {
  a.loadVector(512, 0, columnsOf(X), mask);
  a.multiplyThenSubtract(0, SCALE, SHIFT);
  exponential(a, mask);
  a.storeVector(512, columnsOf(X), 0, mask);
}
