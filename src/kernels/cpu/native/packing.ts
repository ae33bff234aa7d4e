import { open, r10, r11, r12, r13, r8, r9, rax, rbx, rcx, rdi, rdx, rsi, at } from './operands.ts';
import { loadAddress } from './convention.ts';
import type { Assembler } from './assembler.ts';
import {
  CALL_EDGE_BITS,
  PACK_DEPTH,
  PACK_LANES,
  PACK_OFFSETS,
  PACK_ORDER,
  PACK_PANEL,
  PACK_SCALE,
  PACK_SOURCE,
  PACK_STEP,
  PACK_STRIDE,
  PACK_TARGET,
} from '../jobs/layout.ts';

// Packing of operands that are rounded to bf16, with the same results as assembly/matmul/packPairs.ts, but that numbers below 1e-38
// become zeros. Panels are 32 lanes wide, two vectors; what is not there of them becomes zeros.

const [CALL, SOURCE, TARGET, STRIDE, STEP] = [rsi, r10, r11, r8, r9];
const [FROM, TO, LEFT, LANES, PANEL, SPARE] = [rax, rcx, r12, rbx, r13, rdx];
const VECTOR = 64; // bytes
const WIDTH = 32; // lanes of a panel
const [FACTOR, ORDER, OFFSETS] = [31, 30, 28]; // vectors; offsets take two
const [FIRST, SECOND, USED] = [1, 2, 3]; // masks of the two vectors, and one that gathering uses up

/** Two rows of lanes that lie side by side become one row of pairs, panel by panel. */
export function pairRows(a: Assembler): void {
  begin(a);
  a.load32(SPARE, at(CALL, PACK_ORDER));
  a.loadVector(512, ORDER, at(rdi, 0, SPARE));
  a.load32(PANEL, at(CALL, PACK_PANEL));
  const [last, end] = [open(), open()];
  const next = a.place();
  a.compare(LANES, WIDTH);
  a.jumpIf('less', last);
  panelOfPairs(a, false);
  a.addConstant(SOURCE, 2 * VECTOR);
  a.add(TARGET, PANEL);
  a.addConstant(LANES, -WIDTH);
  a.jump(next);
  a.place(last);
  a.compare(LANES, 0);
  a.jumpIf('equal', end);
  panelOfPairs(a, true);
  a.place(end);
}

function panelOfPairs(a: Assembler, edge: boolean): void {
  const [odd, end] = [open(), open()];
  const mask = (vector: number): number => (edge ? [FIRST, SECOND][vector] : 0);
  const row = (to: number, vector: number, stride?: number): void => {
    a.loadVector(512, to, at(FROM, VECTOR * vector, stride), mask(vector));
    a.multiply(to, to, FACTOR);
  };
  const pairs = (vector: number): void => {
    a.toBf16(2, 1, 0);
    a.permuteWords(2, ORDER, 2);
    a.storeVector(512, at(TO, VECTOR * vector), 2);
  };
  a.move(FROM, SOURCE);
  a.move(TO, TARGET);
  a.load32(LEFT, at(CALL, PACK_DEPTH));
  const next = a.place();
  a.compare(LEFT, 2);
  a.jumpIf('less', odd);
  for (const vector of [0, 1]) {
    row(0, vector);
    row(1, vector, STRIDE);
    pairs(vector);
  }
  a.address(FROM, at(FROM, 0, STRIDE, 2));
  a.add(TO, STEP);
  a.addConstant(LEFT, -2);
  a.jump(next);
  a.place(odd);
  a.compare(LEFT, 0);
  a.jumpIf('equal', end);
  a.clear(1);
  for (const vector of [0, 1]) {
    row(0, vector);
    pairs(vector);
  }
  a.place(end);
}

/** Rows are rounded as they lie. Those of the target take whole vectors, with zeros at the end. */
export function roundRows(a: Assembler): void {
  begin(a);
  const nextRow = a.place();
  a.move(FROM, SOURCE);
  a.move(TO, TARGET);
  a.load32(LEFT, at(CALL, PACK_DEPTH));
  const [last, end] = [open(), open()];
  const next = a.place();
  a.compare(LEFT, WIDTH);
  a.jumpIf('less', last);
  roundedVector(a, false);
  a.addConstant(FROM, 2 * VECTOR);
  a.addConstant(TO, VECTOR);
  a.addConstant(LEFT, -WIDTH);
  a.jump(next);
  a.place(last);
  a.compare(LEFT, 0);
  a.jumpIf('equal', end);
  roundedVector(a, true);
  a.place(end);
  a.add(SOURCE, STRIDE);
  a.add(TARGET, STEP);
  a.addConstant(LANES, -1);
  a.jumpIf('notEqual', nextRow);
}

function roundedVector(a: Assembler, edge: boolean): void {
  for (const [vector, mask] of [FIRST, SECOND].entries()) {
    a.loadVector(512, vector, at(FROM, VECTOR * vector), edge ? mask : 0);
    a.multiply(vector, vector, FACTOR);
  }
  a.toBf16(2, 1, 0);
  a.storeVector(512, at(TO), 2);
}

/** Rows of bf16, up to 32, become one panel: the transposed matrix of their pairs. */
export function gatherPairs(a: Assembler): void {
  begin(a);
  a.load32(LEFT, at(CALL, PACK_DEPTH));
  for (const vector of [0, 1]) a.loadVector(512, OFFSETS + vector, at(CALL, PACK_OFFSETS + VECTOR * vector));
  const next = a.place();
  for (const [vector, mask] of [FIRST, SECOND].entries()) {
    a.loadMask(USED, mask);
    a.clear(vector);
    a.gather(vector, SOURCE, OFFSETS + vector, USED);
    a.storeVector(512, at(TARGET, VECTOR * vector), vector);
  }
  a.addConstant(SOURCE, 4);
  a.add(TARGET, STEP);
  a.addConstant(LEFT, -1);
  a.jumpIf('notEqual', next);
}

function begin(a: Assembler): void {
  loadAddress(a, SOURCE, PACK_SOURCE);
  loadAddress(a, TARGET, PACK_TARGET);
  a.load32(STRIDE, at(CALL, PACK_STRIDE));
  a.load32(STEP, at(CALL, PACK_STEP));
  a.load32(LANES, at(CALL, PACK_LANES));
  a.broadcast(512, FACTOR, at(CALL, PACK_SCALE));
  for (const [vector, mask] of [FIRST, SECOND].entries()) a.loadMask(mask, at(CALL, CALL_EDGE_BITS + 2 * vector));
}
