import type { Parameters } from '../contract.ts';
import type { Arena } from './arena.ts';
import type { Jobs } from './jobs.ts';
import { Workspace } from './workspace.ts';

const DEPTH = 256; // k of a block, as in assembly/matmul.ts
const TILE_ROWS = 5;
const BLOCK_ROWS = 80; // rows of a that a thread packs at once
const BATCH_COLUMNS = 1024; // the widest product that a thread packs for itself
const SMALL = 2 ** 19; // multiply-adds worth a chunk of their own
const PACK_LIMIT = 2 ** 22; // floats of b packed at once; wider products run in stripes

/** Bytes of scratch a thread needs: a tile, a block of packed a and one of packed b. */
export const SCRATCH_BYTES = 256 + 4 * DEPTH * (BLOCK_ROWS + BATCH_COLUMNS);

/** Decides how a product is cut; what is computed does not depend on it. */
export class Matmul {
  readonly #jobs: Jobs;
  readonly #workspace: Workspace;

  constructor(arena: Arena, jobs: Jobs) {
    this.#jobs = jobs;
    this.#workspace = new Workspace(arena);
  }

  /** The contract's matmul, with `bias` (an address, or 0) added to each row of c. */
  run(a: number, b: number, c: number, p: Parameters<'matmul'>, bias = 0): void {
    const products = p.outer * p.inner;
    const work = p.m * p.n * p.k;
    const small = work <= SMALL || products >= 4 * this.#jobs.threads;
    if (p.n <= BATCH_COLUMNS && small) {
      const group = Math.max(1, Math.floor(SMALL / work));
      this.#job('multiplyBatch', Math.ceil(products / group), a, b, c, p, p.n, bias, { group });
      return;
    }
    for (let outer = 0; outer < p.outer; outer++)
      for (let inner = 0; inner < p.inner; inner++)
        this.#one(
          a + 4 * (outer * p.aOuter + inner * p.aInner),
          b + 4 * (outer * p.bOuter + inner * p.bInner),
          c + 4 * (outer * p.cOuter + inner * p.cInner),
          p,
          bias,
        );
  }

  #one(a: number, b: number, c: number, p: Parameters<'matmul'>, bias: number): void {
    const stripe = Math.min(p.n, Math.max(64, Math.floor(PACK_LIMIT / p.k / 8) * 8));
    const packed = this.#workspace.reserve(Math.ceil(stripe / 8) * 8 * p.k);
    for (let column = 0; column < p.n; column += stripe) {
      const n = Math.min(stripe, p.n - column);
      const from = b + 4 * column * (p.transposeB ? p.bRow : 1);
      const biasFrom = bias && bias + 4 * column;
      const panels = Math.max(1, Math.round(2 ** 15 / p.k / 8));
      this.#job('packShared', Math.ceil(n / 8 / panels), a, from, c, p, n, biasFrom, { packed, panels });
      const cut = this.#cut(p.m, n);
      this.#job('multiplyShared', cut.chunks, a, from, c + 4 * column, p, n, biasFrom, { packed, ...cut });
    }
  }

  /** Enough chunks to keep all threads busy to the end, each as large as that allows. */
  #cut(m: number, n: number): { chunks: number; rows: number; columns: number } {
    const wanted = 4 * this.#jobs.threads;
    const rowBlocks = Math.ceil(m / BLOCK_ROWS);
    const rows = Math.ceil(m / rowBlocks / TILE_ROWS) * TILE_ROWS;
    const columnBlocks = Math.max(1, Math.min(Math.ceil(wanted / rowBlocks), Math.floor(n / 64)));
    const columns = Math.ceil(n / columnBlocks / 8) * 8;
    return { chunks: Math.ceil(m / rows) * Math.ceil(n / columns), rows, columns };
  }

  #job(
    name: string,
    chunks: number,
    a: number,
    b: number,
    c: number,
    p: Parameters<'matmul'>,
    n: number,
    bias: number,
    { group = 1, rows = BLOCK_ROWS, columns = 0, packed = 0, panels = 0 },
  ): void {
    const integers = [
      a, p.aRow, p.aOuter, p.aInner, p.transposeA, b, p.bRow, p.bOuter, p.bInner, p.transposeB, c, p.cRow, p.cOuter, p.cInner,
      p.m, n, p.k, p.inner, p.outer * p.inner, group, rows, columns, packed, bias, panels,
    ]; // prettier-ignore
    this.#jobs.run(name, chunks, integers, [p.scale]);
  }
}
