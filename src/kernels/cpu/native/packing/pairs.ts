import { open, r10, r11, r12, r13, r14, r15, r8, r9, rax, rbp, rbx, rcx, rdi, rdx, rsi, at } from '../operands.ts';
import type { Memory } from '../operands.ts';
import { loadAddress } from '../convention.ts';
import type { WideAssembler } from '../wideAssembler.ts';
import {
  AMX_PAIRS,
  CALL_EDGE_BITS,
  PACK_DEPTH,
  PACK_LANES,
  PACK_PANEL,
  PACK_SCALE,
  PACK_SOURCE,
  PACK_STEP,
  PACK_STRIDE,
  PACK_TARGET,
} from '../../jobs/layout.ts';

// How operands are packed as pairs of bf16: of floats that are rounded (rounding.ts), or split into parts (splitting.ts). Panels are 32
// lanes wide, two vectors; what is not there of them becomes zeros.

const [CALL, SOURCE, TARGET, STRIDE, STEP] = [rsi, r10, r11, r8, r9];
const [FROM, TO, LEFT, LANES, DEPTH] = [rax, rcx, r12, rbx, rdx];
const [FIRST_FROM, FIRST_TO, ROWS, COUNT] = [rbp, rdi, rbx, r15]; // of a panel
const [LATER, AHEAD, SPARE] = [r14, r13, rbp];
const VECTOR = 64; // bytes
const WIDTH = 32; // lanes of a panel, and k that are packed for all panels before the next
const FACTOR = 31; // a vector
const MASKS = [1, 2]; // of the two vectors
const ALL = 3; // a mask

/** Writes the code that packs what is in two vectors, of which there may be none: `place` is where a part of the result goes. */
export type Pack = (a: WideAssembler, place: (part: number) => Memory) => void;
/** Writes the code that loads what it needs. @param spare a general register */
export type Prepare = (a: WideAssembler, spare: number) => void;

/** Lanes that lie side by side: two rows of a panel, in vectors 0 and 1, become a row of pairs. */
export const alongPanels =
  (parts: number, pack: Pack, prepare: Prepare) =>
  (a: WideAssembler): void => {
    begin(a);
    prepare(a, SPARE);
    a.address(LATER, at(STEP, 0, STEP)); // 16 steps: where the next part is
    for (let i = 0; i < 3; i++) a.address(LATER, at(LATER, 0, LATER));
    a.address(AHEAD, at(STRIDE, 0, STRIDE)); // 32 rows: what is packed next
    for (let i = 0; i < 4; i++) a.address(AHEAD, at(AHEAD, 0, AHEAD));
    const block = a.place();
    a.move(FIRST_FROM, SOURCE);
    a.move(FIRST_TO, TARGET);
    a.load32(LEFT, at(CALL, PACK_LANES));
    for (const mask of MASKS) a.loadMask(mask, ALL);
    const [whole, packed] = [open(), open()];
    const panel = a.place();
    a.compare(LEFT, WIDTH);
    a.jumpIf('greater', whole);
    loadEdge(a);
    a.place(whole);
    a.move(FROM, FIRST_FROM);
    a.move(TO, FIRST_TO);
    a.move(ROWS, DEPTH);
    a.move32(COUNT, AMX_PAIRS);
    const [few, none, paired] = [open(), open(), open()];
    const next = a.place();
    a.compare(ROWS, 2);
    a.jumpIf('less', few);
    pairOfRows(a, 2, parts, pack);
    a.add(FROM, STRIDE);
    a.addConstant(ROWS, -2);
    a.jump(paired);
    a.place(few);
    a.compare(ROWS, 0);
    a.jumpIf('equal', none);
    pairOfRows(a, 1, parts, pack);
    a.addConstant(ROWS, -1);
    a.jump(paired);
    a.place(none);
    if (parts === 1) a.jump(packed);
    else pairOfRows(a, 0, parts, pack);
    a.place(paired);
    a.add(TO, STEP);
    a.addConstant(COUNT, -1);
    a.jumpIf('notEqual', next);
    a.place(packed);
    a.addConstant(FIRST_FROM, 2 * VECTOR);
    a.load32(FROM, at(CALL, PACK_PANEL));
    a.add(FIRST_TO, FROM);
    a.addConstant(LEFT, -WIDTH);
    a.jumpIf('greater', panel);
    a.add(SOURCE, AHEAD);
    for (let part = 0; part < parts; part++) a.add(TARGET, LATER);
    a.addConstant(DEPTH, -WIDTH);
    a.jumpIf('greater', block);
  };

/** A row of pairs of so many rows; of none zeros. */
function pairOfRows(a: WideAssembler, rows: 0 | 1 | 2, parts: number, pack: Pack): void {
  for (const [vector, mask] of MASKS.entries()) {
    const place = (part: number): Memory => at(TO, VECTOR * vector, part === 0 ? undefined : LATER, part === 2 ? 2 : 1);
    if (rows === 2) a.prefetch(at(FROM, VECTOR * vector, AHEAD));
    for (const row of [0, 1])
      if (row < rows) loadScaled(a, row, at(FROM, VECTOR * vector, row === 0 ? undefined : STRIDE), mask);
      else a.clear(row);
    if (rows > 0) pack(a, place);
    else for (let part = 0; part < parts; part++) a.storeVector(512, place(part), 0);
  }
  if (rows < 2) return;
  a.add(FROM, STRIDE);
  for (const vector of [0, 1]) a.prefetch(at(FROM, VECTOR * vector, AHEAD));
}

/** Rows that are contiguous over k stay rows: 32 floats, in vectors 0 and 1, become a vector of each part. Zeros fill up the last. */
export const alongRows =
  (parts: number, pack: Pack, prepare: Prepare) =>
  (a: WideAssembler): void => {
    begin(a);
    prepare(a, SPARE);
    const nextRow = a.place();
    a.move(FROM, SOURCE);
    a.move(TO, TARGET);
    a.move(LEFT, DEPTH);
    for (const mask of MASKS) a.loadMask(mask, ALL);
    const whole = open();
    const next = a.place();
    a.compare(LEFT, WIDTH);
    a.jumpIf('greaterOrEqual', whole);
    loadEdge(a);
    a.place(whole);
    for (const [vector, mask] of MASKS.entries()) {
      a.prefetch(at(FROM, VECTOR * vector, STRIDE, 4));
      loadScaled(a, vector, at(FROM, VECTOR * vector), mask);
    }
    pack(a, (part) => at(TO, VECTOR * part));
    a.addConstant(FROM, 2 * VECTOR);
    a.addConstant(TO, parts * VECTOR);
    a.addConstant(LEFT, -WIDTH);
    a.jumpIf('greater', next);
    a.add(SOURCE, STRIDE);
    a.add(TARGET, STEP);
    a.addConstant(LANES, -1);
    a.jumpIf('notEqual', nextRow);
  };

function loadScaled(a: WideAssembler, to: number, from: Memory, mask: number): void {
  a.loadVector(512, to, from, mask);
  a.multiply(to, to, FACTOR);
}

/** What there is of the last 32 lanes, or floats of a row. */
function loadEdge(a: WideAssembler): void {
  for (const [vector, mask] of MASKS.entries()) a.loadMask(mask, at(CALL, CALL_EDGE_BITS + 2 * vector));
}

function begin(a: WideAssembler): void {
  loadAddress(a, SOURCE, PACK_SOURCE);
  loadAddress(a, TARGET, PACK_TARGET);
  a.load32(STRIDE, at(CALL, PACK_STRIDE));
  a.load32(STEP, at(CALL, PACK_STEP));
  a.load32(LANES, at(CALL, PACK_LANES));
  a.load32(DEPTH, at(CALL, PACK_DEPTH));
  a.broadcast(512, FACTOR, at(CALL, PACK_SCALE));
  a.move32(SPARE, -1);
  a.setMask(ALL, SPARE);
}
