import { open, r10, r11, r12, r13, r14, r15, r8, r9, rax, rbp, rbx, rcx, rdi, rdx, rsi, at } from '../operands.ts';
import type { Assembler } from '../assembler.ts';
import type { Memory } from '../operands.ts';
import { columnsOf } from './kinds.ts';
import type { Tile } from './kinds.ts';
import { amxTiles, multiplyPairs, multiplyParts } from './amx.ts';
import { functionOfTwo, loadAddress } from '../convention.ts';
import { floatPanels } from '../packing/floatPanels.ts';
import { pairRows, roundRows } from '../packing/rounding.ts';
import { passes } from '../rows/passes.ts';
import { splitPairRows, splitRows } from '../packing/splitting.ts';
import { transposeWords } from '../packing/transposing.ts';
import type { Convention } from '../convention.ts';
import {
  CALL_A,
  CALL_ADD,
  CALL_A_ROW,
  CALL_A_STEP,
  CALL_A_TILE,
  CALL_B,
  CALL_BEFORE,
  CALL_BEFORE_STEP,
  CALL_C,
  CALL_COLUMNS,
  CALL_C_ROW,
  CALL_DEPTH,
  CALL_EDGE_BITS,
  CALL_EDGE_LANES,
  CALL_OWN,
  CALL_ROWS,
  CALL_TASK,
  TASK_PAIR_ROWS,
  TASK_ROUND_ROWS,
  TASK_TRANSPOSE,
} from '../../jobs/layout.ts';

const [OWN_A, OWN_C, OWN_BEFORE] = [CALL_OWN, CALL_OWN + 8, CALL_OWN + 16];
const ROW_BASES = [rax, rbx, rbp, r12]; // of a, three rows apart
const [A_ROW, A_STEP, B_CURSOR, COUNT, A, ROWS, C_ROW] = [r8, r9, r10, r11, r13, r14, r15];
const [B, CALL, C, BEFORE] = [rdi, rsi, rcx, rdx];
const SPARE = rax; // between tiles
const packing = (split: boolean) =>
  [
    [TASK_PAIR_ROWS, split ? splitPairRows : pairRows],
    [TASK_ROUND_ROWS, split ? splitRows : roundRows],
    [TASK_TRANSPOSE, transposeWords],
  ] as const;

/**
 * Machine code of a function of two addresses: of the memory, and of a call's arguments in it (jobs/layout.ts). It computes c = before
 * + a @ b, or adds that to c. b is packed in panels as wide as a tile; a is read as it lies, pairs of bf16 from panels. Each sum goes
 * through k in order, whatever tile it is in, and each multiply-add is rounded once: the same bits as the tiles of assembly/matmul.
 * CALL_TASK may ask it for other things instead: to pack operands of bf16, and in vectors of 512 bits for passes over rows.
 */
export function tilesCode(tile: Tile, convention: Convention): Uint8Array {
  const packs = tile.pairs
    ? packing(tile.split === true)
    : tile.bits === 512
      ? floatPanels(tile.rows, columnsOf(tile))
      : [];
  const others = [...packs, ...(tile.bits === 512 ? passes : [])];
  return functionOfTwo(convention, (a) => {
    const end = open();
    if (others.length > 0) a.load32(SPARE, at(CALL, CALL_TASK));
    for (const [task, write] of others) {
      const other = open();
      a.compare(SPARE, task);
      a.jumpIf('notEqual', other);
      write(a);
      a.jump(end);
      a.place(other);
    }
    if (tile.amx) amxTiles(a, tile.split ? multiplyParts : multiplyPairs);
    else new Writer(a, tile).panels();
    a.place(end);
  });
}

class Writer {
  readonly #a: Assembler;
  readonly #tile: Tile;
  readonly #bytes: number; // of a vector

  constructor(a: Assembler, tile: Tile) {
    this.#a = a;
    this.#tile = tile;
    this.#bytes = tile.bits / 8;
  }

  /** Panels of columns one after another: whole ones, then one that c has only a part of. */
  panels(): void {
    const a = this.#a;
    const { vectors, bits } = this.#tile;
    const columns = columnsOf(this.#tile);
    for (const [argument, own] of [
      [CALL_A, OWN_A],
      [CALL_C, OWN_C],
      [CALL_BEFORE, OWN_BEFORE],
    ] as const) {
      loadAddress(a, SPARE, argument);
      a.store(at(CALL, own), SPARE);
    }
    a.load32(SPARE, at(CALL, CALL_B));
    a.add(B, SPARE);
    a.load32(A_ROW, at(CALL, CALL_A_ROW));
    a.load32(A_STEP, at(CALL, CALL_A_STEP));
    a.load32(C_ROW, at(CALL, CALL_C_ROW));
    const [end, last] = [open(), open()];
    const next = a.place();
    a.load32(SPARE, at(CALL, CALL_COLUMNS));
    a.compare(SPARE, columns);
    a.jumpIf('less', last);
    a.addConstant(SPARE, -columns);
    a.store32(at(CALL, CALL_COLUMNS), SPARE);
    this.#panel(vectors, false);
    a.move(B, B_CURSOR);
    a.load(SPARE, at(CALL, OWN_C));
    a.addConstant(SPARE, 4 * columns);
    a.store(at(CALL, OWN_C), SPARE);
    a.load32(SPARE, at(CALL, CALL_BEFORE_STEP));
    a.add(SPARE, at(CALL, OWN_BEFORE));
    a.store(at(CALL, OWN_BEFORE), SPARE);
    a.jump(next);
    a.place(last);
    a.compare(SPARE, 0);
    a.jumpIf('equal', end);
    if (bits === 512) for (let j = 0; j < vectors; j++) a.loadMask(1 + j, at(CALL, CALL_EDGE_BITS + 2 * j));
    for (let count = 1; count <= vectors; count++) {
      const wider = open();
      a.compare(SPARE, (count * bits) / 32);
      a.jumpIf('greater', wider);
      this.#panel(count, true);
      a.jump(end);
      a.place(wider);
    }
    a.place(end);
  }

  /** Tiles of a panel one below another: whole ones, then of the rows that are left as many at once as still make a tile. */
  #panel(vectors: number, edge: boolean): void {
    const a = this.#a;
    const { rows } = this.#tile;
    a.load(A, at(CALL, OWN_A));
    a.load(C, at(CALL, OWN_C));
    a.load(BEFORE, at(CALL, OWN_BEFORE));
    a.load32(ROWS, at(CALL, CALL_ROWS));
    for (const count of [rows, ...[8, 4, 2, 1].filter((fewer) => fewer < rows)]) {
      const fewer = open();
      const next = a.place();
      a.compare(ROWS, count);
      a.jumpIf('less', fewer);
      this.#tileOf(count, vectors, edge);
      a.addConstant(ROWS, -count);
      if (count === rows) {
        a.load32(SPARE, at(CALL, CALL_A_TILE));
        a.add(A, SPARE);
        a.jump(next);
      } else a.address(A, at(A, 0, A_ROW, count as 1 | 2 | 4 | 8));
      a.place(fewer);
    }
  }

  /** One tile, after which C is at the row below it and B_CURSOR at the end of the panel. */
  #tileOf(rows: number, vectors: number, edge: boolean): void {
    const a = this.#a;
    const { bits, pairs } = this.#tile;
    const [size, across] = [this.#bytes, Array.from({ length: vectors }, (_, j) => j)];
    const firstB = this.#tile.rows * this.#tile.vectors;
    const spread = firstB + this.#tile.vectors; // an element of a in all lanes
    const down = Array.from({ length: rows }, (_, i) => i);
    const sum = (i: number, j: number): number => i * vectors + j;

    a.move(rax, A);
    a.address(B_CURSOR, at(A_ROW, 0, A_ROW, 2));
    for (let i = 3; i < rows; i += 3) a.address(ROW_BASES[i / 3] ?? rax, at(ROW_BASES[i / 3 - 1] ?? rax, 0, B_CURSOR));
    a.move(B_CURSOR, B);
    a.load32(COUNT, at(CALL, CALL_DEPTH));
    if (edge) this.#loadLanes(vectors, firstB);
    for (const i of down) for (const j of across) this.#load(sum(i, j), at(BEFORE, size * j), j, edge, firstB);

    const loop = a.place();
    for (const j of across) a.loadVector(bits, firstB + j, at(B_CURSOR, size * j));
    for (const i of down) {
      const base = ROW_BASES[Math.floor(i / 3)] ?? rax;
      a.broadcast(bits, spread, i % 3 === 0 ? at(base) : at(base, 0, A_ROW, i % 3 === 1 ? 1 : 2));
      for (const j of across)
        if (pairs) a.addPairs(sum(i, j), firstB + j, spread);
        else a.multiplyAdd(bits, sum(i, j), firstB + j, spread);
    }
    for (let i = 0; i < rows; i += 3) a.add(ROW_BASES[i / 3] ?? rax, A_STEP);
    a.addConstant(B_CURSOR, size * this.#tile.vectors);
    a.addConstant(COUNT, -1);
    a.jumpIf('notEqual', loop);

    if (edge) this.#loadLanes(vectors, firstB);
    const store = open();
    a.load32(COUNT, at(CALL, CALL_ADD));
    a.compare(COUNT, 0);
    a.move(rax, C);
    a.jumpIf('equal', store);
    for (const i of down) {
      for (const j of across) {
        this.#load(spread, at(rax, size * j), j, edge, firstB);
        a.addVectors(bits, sum(i, j), spread, sum(i, j));
      }
      a.add(rax, C_ROW);
    }
    a.place(store);
    for (const i of down) {
      for (const j of across) this.#store(at(C, size * j), sum(i, j), j, edge, firstB);
      a.add(C, C_ROW);
    }
  }

  /** Without mask registers, lanes are chosen by vectors, which take the place of those of b. */
  #loadLanes(vectors: number, first: number): void {
    const { bits } = this.#tile;
    if (bits === 512) return;
    for (let j = 0; j < vectors; j++) this.#a.loadVector(bits, first + j, at(CALL, CALL_EDGE_LANES + this.#bytes * j));
  }

  #load(to: number, from: Memory, j: number, edge: boolean, lanes: number): void {
    const { bits } = this.#tile;
    if (edge && bits === 256) this.#a.loadLanes(bits, to, lanes + j, from);
    else this.#a.loadVector(bits, to, from, edge ? 1 + j : 0);
  }

  #store(to: Memory, from: number, j: number, edge: boolean, lanes: number): void {
    const { bits } = this.#tile;
    if (edge && bits === 256) this.#a.storeLanes(bits, to, lanes + j, from);
    else this.#a.storeVector(bits, to, from, edge ? 1 + j : 0);
  }
}
