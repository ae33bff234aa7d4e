import type { Assembler, VectorOpcode } from './assembler.ts';
import { loadAddress } from './convention.ts';
import { at, open, r10, r11, r12, r13, r14, r15, r8, r9, rax, rbp, rbx, rcx, rdi, rdx, rsi } from './operands.ts';
import type { Label, Memory } from './operands.ts';
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
} from '../jobs/layout.ts';

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
const [BEFORE0, BEFORE1, SUM] = [28, 29, 0]; // vectors
const [CALL, B, A, C, BEFORE, COLUMNS] = [rsi, rdi, rbx, rbp, r12, rdx]; // of a panel
const [A_ROW, PANEL_ROW, A_TILE, C_TILE, LEFT] = [r8, r9, r13, r15, r14]; // of a tile
const [UPPER, LOWER, B_CURSOR, COUNT] = [rax, rcx, r10, r11]; // while it is multiplied
const [SUMS_ROW, ROW, ADD, C_ROW] = [rax, rcx, r10, r11]; // while it is stored

const opcode = (prefix: VectorOpcode['prefix'], opcode: number): VectorOpcode => ({ prefix, map: '0F38', opcode });
export const configure = (a: Assembler, from: Memory): void => a.vector(128, opcode('none', 0x49), 0, 0, from);
export const release = (a: Assembler): void => a.vector(128, opcode('none', 0x49), 0, 0, 0);
export const clearTile = (a: Assembler, tile: number): void => a.vector(128, opcode('F2', 0x49), tile, 0, 0);
/** Rows begin at the base, as many bytes apart as the index says. */
export const loadTile = (a: Assembler, to: number, from: Memory): void =>
  a.vector(128, opcode('F2', 0x4b), to, 0, from);
export const storeTile = (a: Assembler, to: Memory, from: number): void =>
  a.vector(128, opcode('F3', 0x4b), from, 0, to);
/** c += a @ b */
export const multiplyTile = (a: Assembler, c: number, left: number, right: number): void =>
  a.vector(128, opcode('F3', 0x5c), c, right, left);

/** The body of a function as tilesCode's, for rows of pairs of a and panels of b whose depth is a multiple of 16 pairs. */
export function amxTiles(a: Assembler): void {
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
  panel(a, false);
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
  panel(a, true);
  a.place(end);
  release(a);
}

/** The tiles of a panel, one below another. */
function panel(a: Assembler, edge: boolean): void {
  for (const [vector, register] of [BEFORE0, BEFORE1].entries())
    a.loadVector(512, register, at(BEFORE, LINE * vector), edge ? 1 + vector : 0);
  a.move(A_TILE, A);
  a.move(C_TILE, C);
  a.load32(LEFT, at(CALL, CALL_ROWS));
  const [end, added] = [open(), open()];
  const next = a.place();
  sums(a);
  a.load32(C_ROW, at(CALL, CALL_C_ROW));
  a.move32(ROW, ROWS);
  a.load32(ADD, at(CALL, CALL_ADD));
  a.compare(ADD, 0);
  a.jumpIf('notEqual', added);
  const below = open();
  storeRows(a, edge, false, below, end);
  a.place(added);
  storeRows(a, edge, true, below, end);
  a.place(below);
  a.load32(rax, at(CALL, CALL_A_TILE));
  a.add(A_TILE, rax);
  a.jump(next);
  a.place(end);
}

/** The products of 32 rows of a, of which some may lie beyond the last, and a panel, to SUMS; SUMS_ROW is left there. */
function sums(a: Assembler): void {
  for (const tile of [C00, C01, C10, C11]) clearTile(a, tile);
  a.move(UPPER, A_TILE);
  a.address(LOWER, at(UPPER, 0, A_ROW, 8));
  a.address(LOWER, at(LOWER, 0, A_ROW, 8));
  a.move(B_CURSOR, B);
  a.load32(COUNT, at(CALL, CALL_DEPTH));
  const loop = a.place();
  loadTile(a, A0, at(UPPER, 0, A_ROW));
  loadTile(a, B0, at(B_CURSOR, 0, PANEL_ROW));
  multiplyTile(a, C00, A0, B0);
  loadTile(a, B1, at(B_CURSOR, LINE, PANEL_ROW));
  multiplyTile(a, C01, A0, B1);
  loadTile(a, A1, at(LOWER, 0, A_ROW));
  multiplyTile(a, C10, A1, B0);
  multiplyTile(a, C11, A1, B1);
  a.addConstant(UPPER, LINE);
  a.addConstant(LOWER, LINE);
  a.addConstant(B_CURSOR, BLOCK);
  a.addConstant(COUNT, -AMX_PAIRS);
  a.jumpIf('notEqual', loop);
  a.store(at(CALL, CALL_OWN), B_CURSOR);
  a.address(SUMS_ROW, at(CALL, SUMS));
  for (const [i, tile] of [C00, C01, C10, C11].entries())
    storeTile(a, at(SUMS_ROW, BLOCK * (i >> 1) + LINE * (i & 1), PANEL_ROW), tile);
}

/** c = before + sums (+ c), row by row, to `below` after 32 of them and to `end` after the last. */
function storeRows(a: Assembler, edge: boolean, add: boolean, below: Label, end: Label): void {
  const next = a.place();
  for (const [vector, before] of [BEFORE0, BEFORE1].entries()) {
    const mask = edge ? 1 + vector : 0;
    const place = at(C_TILE, LINE * vector);
    a.addVectors(512, SUM, before, at(SUMS_ROW, LINE * vector));
    if (add) {
      a.loadVector(512, SUM + 1, place, mask);
      a.addVectors(512, SUM, SUM + 1, SUM);
    }
    a.storeVector(512, place, SUM, mask);
  }
  a.add(C_TILE, C_ROW);
  a.addConstant(SUMS_ROW, PANEL);
  a.addConstant(LEFT, -1);
  a.jumpIf('equal', end);
  a.addConstant(ROW, -1);
  a.jumpIf('notEqual', next);
  a.jump(below);
}
