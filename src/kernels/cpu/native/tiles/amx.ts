import type { Assembler } from '../assembler.ts';
import { clearTile, configure, loadTile, multiplyTile, release, storeTile } from './amxInstructions.ts';
import { loadAddress } from '../convention.ts';
import { at, open, r10, r11, r12, r13, r14, r15, r8, r9, rax, rbp, rbx, rcx, rdi, rdx, rsi } from '../operands.ts';
import {
  AMX_PAIRS,
  CALL_A,
  CALL_ADD,
  CALL_A_ROW,
  CALL_A_TILE,
  CALL_B,
  CALL_BEFORE,
  CALL_BEFORE_STEP,
  CALL_C,
  CALL_COLUMNS,
  CALL_C_ROW,
  CALL_DEPTH,
  CALL_EDGE_BITS,
  CALL_OWN,
  CALL_ROWS,
  CALL_TILES,
  PARTS,
} from '../../jobs/layout.ts';

// Products by AMX (Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, chapter 18): registers of 16 rows of 64 bytes.
// A multiplication takes 16 rows of 16 pairs of a and 16 pairs of 16 columns of b; it sums the first numbers of all pairs and the second
// ones, each in order, and adds both sums to c. Numbers below 1e-38 count as zeros.

const ROWS = 32; // of a tile of c: two registers down and two across
const LINE = 64; // bytes of a register's row
const PANEL = 2 * LINE; // bytes of a panel's row
const BLOCK = 16 * PANEL; // bytes of a panel that a multiplication takes, and of 16 rows of sums
const SUMS = CALL_TILES + 64;
/** Dwords of the configuration: palette 1, and of all eight registers the bytes of a row and the rows. */
const configuration: Readonly<Record<number, number>> = {
  0: 1,
  ...Object.fromEntries([16, 20, 24, 28].map((offset) => [offset, 0x400040])),
  ...Object.fromEntries([48, 52].map((offset) => [offset, 0x10101010])),
};

const [C00, C01, C10, C11, A0, A1, B0, B1] = [0, 1, 2, 3, 4, 5, 6, 7]; // tile registers
const SUMS_TILES = [C00, C01, C10, C11];
const [BEFORE0, BEFORE1, SUM] = [28, 29, 0]; // vectors
const [CALL, B, A, C, BEFORE, COLUMNS] = [rsi, rdi, rbx, rbp, r12, rdx]; // of a panel
const [A_ROW, PANEL_ROW, A_TILE, C_TILE, LEFT] = [r8, r9, r13, r15, r14]; // of a tile
const [UPPER, LOWER, B_CURSOR, COUNT] = [rax, rcx, r10, r11]; // while it is multiplied
const [SUMS_ROW, ROW, ADD, C_ROW] = [rax, rcx, r10, r11]; // before and after

/** The body of a function as tilesCode's, for rows of pairs of a and panels of b whose depth is a multiple of 16 pairs. */
export function amxTiles(a: Assembler, multiply: MultiplyBlock): void {
  a.address(rax, at(CALL, CALL_TILES));
  a.clear(SUM);
  a.storeVector(512, at(rax), SUM);
  for (const [offset, dword] of Object.entries(configuration)) {
    a.move32(rcx, dword);
    a.store32(at(rax, Number(offset)), rcx);
  }
  configure(a, at(rax));
  loadAddress(a, A, CALL_A);
  loadAddress(a, C, CALL_C);
  loadAddress(a, BEFORE, CALL_BEFORE);
  a.load32(rax, at(CALL, CALL_B));
  a.add(B, rax);
  a.load32(A_ROW, at(CALL, CALL_A_ROW));
  a.load32(COLUMNS, at(CALL, CALL_COLUMNS));
  a.move32(PANEL_ROW, PANEL);
  const [last, end] = [open(), open()];
  const next = a.place();
  a.compare(COLUMNS, ROWS);
  a.jumpIf('less', last);
  panel(a, false, multiply);
  a.load(B, at(CALL, CALL_OWN));
  a.addConstant(C, PANEL);
  a.load32(rax, at(CALL, CALL_BEFORE_STEP));
  a.add(BEFORE, rax);
  a.addConstant(COLUMNS, -ROWS);
  a.jump(next);
  a.place(last);
  a.compare(COLUMNS, 0);
  a.jumpIf('equal', end);
  for (const vector of [0, 1]) a.loadMask(1 + vector, at(CALL, CALL_EDGE_BITS + 2 * vector));
  panel(a, true, multiply);
  a.place(end);
  release(a);
}

/** The tiles of a panel, one below another. */
function panel(a: Assembler, edge: boolean, multiply: MultiplyBlock): void {
  for (const [vector, register] of [BEFORE0, BEFORE1].entries())
    a.loadVector(512, register, at(BEFORE, LINE * vector), edge ? 1 + vector : 0);
  a.move(A_TILE, A);
  a.move(C_TILE, C);
  a.load32(LEFT, at(CALL, CALL_ROWS));
  const next = a.place();
  tile(a, edge, multiply);
  a.load32(rax, at(CALL, CALL_A_TILE));
  a.add(A_TILE, rax);
  a.addConstant(LEFT, -ROWS);
  a.jumpIf('greater', next);
}

/**
 * c = before + products, or c += products, after which C_TILE is below it. A tile that c is not added to is stored as it is if it is
 * whole; others go through SUMS, where anything may lie beyond the last row and column.
 */
function tile(a: Assembler, edge: boolean, multiply: MultiplyBlock): void {
  const [part, add, stored] = [open(), open(), open()];
  a.load32(ADD, at(CALL, CALL_ADD));
  a.compare(ADD, 0);
  a.jumpIf('notEqual', add);
  a.address(SUMS_ROW, at(CALL, SUMS));
  for (const [vector, before] of [BEFORE0, BEFORE1].entries()) a.storeVector(512, at(SUMS_ROW, LINE * vector), before);
  a.move32(COUNT, 0); // bytes from row to row: all begin with the same
  for (const [i, sums] of SUMS_TILES.entries()) loadTile(a, sums, at(SUMS_ROW, LINE * (i & 1), COUNT));
  fetchRows(a);
  products(a, multiply);
  if (!edge) {
    a.compare(LEFT, ROWS);
    a.jumpIf('less', part);
    a.load32(C_ROW, at(CALL, CALL_C_ROW));
    a.address(LOWER, at(C_TILE, 0, C_ROW, 8));
    a.address(LOWER, at(LOWER, 0, C_ROW, 8));
    for (const [i, sums] of SUMS_TILES.entries()) storeTile(a, at(i < 2 ? C_TILE : LOWER, LINE * (i & 1), C_ROW), sums);
    a.address(C_TILE, at(LOWER, 0, C_ROW, 8));
    a.address(C_TILE, at(C_TILE, 0, C_ROW, 8));
    a.jump(stored);
  }
  a.place(part);
  storeRows(a, edge, false);
  a.jump(stored);
  a.place(add);
  for (const sums of SUMS_TILES) clearTile(a, sums);
  fetchRows(a);
  products(a, multiply);
  storeRows(a, edge, true);
  a.place(stored);
}

/** Has the rows of c, which are far apart, fetched while they are computed. */
function fetchRows(a: Assembler): void {
  a.load32(C_ROW, at(CALL, CALL_C_ROW));
  a.move(SUMS_ROW, C_TILE);
  a.move32(ROW, ROWS);
  const next = a.place();
  for (const vector of [0, 1]) a.prefetch(at(SUMS_ROW, LINE * vector), true);
  a.add(SUMS_ROW, C_ROW);
  a.addConstant(ROW, -1);
  a.jumpIf('notEqual', next);
}

/** c = the sums, or c + them: the rows that are left, at most 32. */
function storeRows(a: Assembler, edge: boolean, add: boolean): void {
  a.address(SUMS_ROW, at(CALL, SUMS));
  for (const [i, sums] of SUMS_TILES.entries())
    storeTile(a, at(SUMS_ROW, BLOCK * (i >> 1) + LINE * (i & 1), PANEL_ROW), sums);
  const few = open();
  a.load32(C_ROW, at(CALL, CALL_C_ROW));
  a.move(ROW, LEFT);
  a.compare(ROW, ROWS);
  a.jumpIf('lessOrEqual', few);
  a.move32(ROW, ROWS);
  a.place(few);
  const next = a.place();
  for (const vector of [0, 1]) {
    const mask = edge ? 1 + vector : 0;
    const place = at(C_TILE, LINE * vector);
    if (add) a.loadVector(512, SUM, place, mask);
    if (add) a.addVectors(512, SUM, SUM, at(SUMS_ROW, LINE * vector));
    else a.loadVector(512, SUM, at(SUMS_ROW, LINE * vector));
    a.storeVector(512, place, SUM, mask);
  }
  a.addConstant(SUMS_ROW, PANEL);
  a.add(C_TILE, C_ROW);
  a.addConstant(ROW, -1);
  a.jumpIf('notEqual', next);
}

/**
 * Adds the products of 32 rows of a, of which some may lie beyond the last, and a panel to the sums. UPPER and LOWER are the first and
 * the second 16 rows, and B_CURSOR the panel, as far as they are multiplied.
 */
function products(a: Assembler, multiply: MultiplyBlock): void {
  a.move(UPPER, A_TILE);
  a.address(LOWER, at(UPPER, 0, A_ROW, 8));
  a.address(LOWER, at(LOWER, 0, A_ROW, 8));
  a.move(B_CURSOR, B);
  a.load32(COUNT, at(CALL, CALL_DEPTH));
  const loop = a.place();
  const parts = multiply(a);
  a.addConstant(UPPER, parts * LINE);
  a.addConstant(LOWER, parts * LINE);
  a.addConstant(B_CURSOR, parts * BLOCK);
  a.addConstant(COUNT, -parts * AMX_PAIRS);
  a.jumpIf('notEqual', loop);
  a.store(at(CALL, CALL_OWN), B_CURSOR);
}

/** Adds the products of the next 32 numbers of k to the sums. @returns how many times 16 pairs of each lane they take */
export type MultiplyBlock = (a: Assembler) => number;

/** Of pairs of bf16. */
export const multiplyPairs: MultiplyBlock = (a) => {
  loadTile(a, A0, at(UPPER, 0, A_ROW));
  loadTile(a, B0, at(B_CURSOR, 0, PANEL_ROW));
  multiplyTile(a, C00, A0, B0);
  loadTile(a, B1, at(B_CURSOR, LINE, PANEL_ROW));
  multiplyTile(a, C01, A0, B1);
  loadTile(a, A1, at(LOWER, 0, A_ROW));
  multiplyTile(a, C10, A1, B0);
  multiplyTile(a, C11, A1, B1);
  return 1;
};

/**
 * Of floats that are the sums of three parts (packing/splitting.ts): all products of a part of a and one of b but the three smallest,
 * which are below 2^-24 of the whole. The small ones are added first, in an order in which one operand at a time changes.
 */
export const multiplyParts: MultiplyBlock = (a) => {
  const order = [
    [0, 2],
    [0, 1],
    [1, 1],
    [1, 0],
    [2, 0],
    [0, 0],
  ] as const;
  let [left, right] = [-1, -1];
  for (const [ofA, ofB] of order) {
    if (ofA !== left) {
      loadTile(a, A0, at(UPPER, ofA * LINE, A_ROW));
      loadTile(a, A1, at(LOWER, ofA * LINE, A_ROW));
    }
    if (ofB !== right) {
      loadTile(a, B0, at(B_CURSOR, ofB * BLOCK, PANEL_ROW));
      loadTile(a, B1, at(B_CURSOR, ofB * BLOCK + LINE, PANEL_ROW));
    }
    multiplyTile(a, C00, A0, B0);
    multiplyTile(a, C01, A0, B1);
    multiplyTile(a, C10, A1, B0);
    multiplyTile(a, C11, A1, B1);
    [left, right] = [ofA, ofB];
  }
  return PARTS;
};
