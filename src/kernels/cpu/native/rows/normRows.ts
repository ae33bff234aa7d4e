import { PASS_FACTORS, PASS_MORE, PASS_RESULTS, PASS_SCALE } from '../../jobs/layout.ts';
import { loadAddress } from '../convention.ts';
import { at, open, r15, rbp } from '../operands.ts';
import type { WideAssembler } from '../wideAssembler.ts';
import { across, addUp, allLanes, CALL, columnsOf, rows, SPARE, X, Y, Z } from './rows.ts';

// LayerNorm with the bits of assembly/layerNorm.ts, which computes what there is of each row between two passes: four floats.

const [RESULTS, FACTORS, RECORD] = [r15, rbp, 16];
const [VALUE, OTHER, SUM, CENTRE, SQUARES, REST, COUNT] = [0, 1, 2, 3, 4, 5, 6];

/** Results: the mean as it is first rounded, the sum of what is left of x without it, and the sum of the squares of that. */
export function momentRows(a: WideAssembler): void {
  a.broadcast(512, COUNT, at(CALL, PASS_SCALE));
  loadAddress(a, RESULTS, PASS_RESULTS);
  rows(a, () => {
    a.clear(SUM);
    across(a, (mask) => {
      a.loadVector(512, VALUE, columnsOf(X), mask);
      addUp(a, mask, [VALUE], (lanes) => a.floats('add', SUM, SUM, VALUE, lanes));
    });
    allLanes(a, 'add', SUM, OTHER);
    a.floats('divide', CENTRE, SUM, COUNT);
    a.storeFirst(at(RESULTS), CENTRE);
    a.clear(SQUARES);
    a.clear(REST);
    across(a, (mask) => {
      a.loadVector(512, OTHER, columnsOf(X), mask);
      a.floats('subtract', OTHER, OTHER, CENTRE, mask);
      addUp(a, mask, [OTHER], (lanes) => {
        a.addProduct(SQUARES, OTHER, OTHER, lanes);
        a.floats('add', REST, REST, OTHER, lanes);
      });
    });
    allLanes(a, 'add', REST, OTHER);
    allLanes(a, 'add', SQUARES, OTHER);
    a.storeFirst(at(RESULTS, 4), REST);
    a.storeFirst(at(RESULTS, 8), SQUARES);
    a.addConstant(RESULTS, RECORD);
  });
}

const [LOST, INVERSE] = [4, 5];

/** y = (x - mean) * inverse * factors + z. Results: the rounded mean, what was lost, the inverse. */
export function normaliseRows(a: WideAssembler): void {
  loadAddress(a, RESULTS, PASS_RESULTS);
  loadAddress(a, FACTORS, PASS_FACTORS);
  rows(a, () => {
    for (const [i, register] of [CENTRE, LOST, INVERSE].entries()) a.broadcast(512, register, at(RESULTS, 4 * i));
    a.addConstant(RESULTS, RECORD);
    across(a, (mask) => {
      a.loadVector(512, VALUE, columnsOf(X), mask);
      a.floats('subtract', VALUE, VALUE, CENTRE);
      a.floats('subtract', VALUE, VALUE, LOST);
      a.floats('multiply', VALUE, VALUE, INVERSE);
      a.loadVector(512, OTHER, columnsOf(FACTORS), mask);
      a.loadVector(512, SUM, columnsOf(Z), mask);
      a.multiplyThenAdd(VALUE, OTHER, SUM);
      a.storeVector(512, columnsOf(Y), VALUE, mask);
    });
  });
}

const [GRADIENT, PRODUCTS] = [7, 4];

/** g = z * factors. Results: the mean, to which are added the sum of g, and that of g * (x - mean). */
export function normSumRows(a: WideAssembler): void {
  loadAddress(a, RESULTS, PASS_RESULTS);
  loadAddress(a, FACTORS, PASS_FACTORS);
  rows(a, () => {
    a.broadcast(512, CENTRE, at(RESULTS));
    a.clear(SUM);
    a.clear(PRODUCTS);
    across(a, (mask) => {
      loadGradient(a, mask);
      a.loadVector(512, VALUE, columnsOf(X), mask);
      a.floats('subtract', VALUE, VALUE, CENTRE);
      addUp(a, mask, [GRADIENT, VALUE], (lanes) => {
        a.floats('add', SUM, SUM, GRADIENT, lanes);
        a.addProduct(PRODUCTS, GRADIENT, VALUE, lanes);
      });
    });
    allLanes(a, 'add', SUM, OTHER);
    allLanes(a, 'add', PRODUCTS, OTHER);
    a.storeFirst(at(RESULTS, 4), SUM);
    a.storeFirst(at(RESULTS, 8), PRODUCTS);
    a.addConstant(RESULTS, RECORD);
  });
}

const [SHIFT, PULL] = [SUM, PRODUCTS];

/** y = (x - mean) * pull + (g * inverse + shift), and what there is more. Results: mean, shift, pull, inverse. */
export function normBackwardRows(a: WideAssembler): void {
  loadAddress(a, RESULTS, PASS_RESULTS);
  loadAddress(a, FACTORS, PASS_FACTORS);
  rows(a, () => {
    const [alone, end] = [open(), open()];
    for (const [i, register] of [CENTRE, SHIFT, PULL, INVERSE].entries())
      a.broadcast(512, register, at(RESULTS, 4 * i));
    a.addConstant(RESULTS, RECORD);
    a.load(SPARE, at(CALL, PASS_MORE));
    a.compare(SPARE, 0);
    a.jumpIf('equal', alone);
    a.add(SPARE, Y);
    backwardRow(a, true);
    a.jump(end);
    a.place(alone);
    backwardRow(a, false);
    a.place(end);
  });
}

function backwardRow(a: WideAssembler, more: boolean): void {
  across(a, (mask) => {
    loadGradient(a, mask);
    a.multiplyThenAdd(GRADIENT, INVERSE, SHIFT);
    a.loadVector(512, VALUE, columnsOf(X), mask);
    a.floats('subtract', VALUE, VALUE, CENTRE);
    a.addProduct(GRADIENT, VALUE, PULL);
    if (more) {
      a.loadVector(512, OTHER, columnsOf(SPARE), mask);
      a.floats('add', GRADIENT, GRADIENT, OTHER);
    }
    a.storeVector(512, columnsOf(Y), GRADIENT, mask);
  });
}

function loadGradient(a: WideAssembler, mask: number): void {
  a.loadVector(512, GRADIENT, columnsOf(Z), mask);
  a.loadVector(512, OTHER, columnsOf(FACTORS), mask);
  a.floats('multiply', GRADIENT, GRADIENT, OTHER);
}

/** y += z * (x - mean) * inverse, and factors += z, in one row for all. Results: the means, behind which are the inverses. */
export function normGradientRows(a: WideAssembler): void {
  loadAddress(a, RESULTS, PASS_RESULTS);
  loadAddress(a, FACTORS, PASS_FACTORS);
  rows(a, () => {
    a.broadcast(512, CENTRE, at(RESULTS));
    a.load(SPARE, at(CALL, PASS_MORE));
    a.broadcast(512, INVERSE, at(RESULTS, 0, SPARE));
    a.addConstant(RESULTS, 4);
    across(a, (mask) => {
      a.loadVector(512, GRADIENT, columnsOf(Z), mask);
      a.loadVector(512, VALUE, columnsOf(X), mask);
      a.floats('subtract', VALUE, VALUE, CENTRE);
      a.floats('multiply', VALUE, VALUE, INVERSE);
      a.loadVector(512, SUM, columnsOf(Y), mask);
      a.addProduct(SUM, GRADIENT, VALUE);
      a.storeVector(512, columnsOf(Y), SUM, mask);
      a.loadVector(512, OTHER, columnsOf(FACTORS), mask);
      a.floats('add', OTHER, OTHER, GRADIENT);
      a.storeVector(512, columnsOf(FACTORS), OTHER, mask);
    });
  });
}
