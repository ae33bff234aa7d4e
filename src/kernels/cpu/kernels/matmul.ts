import type { KernelParameters } from '../../contract.ts';
import type { Arena } from '../engine/arena.ts';
import type { Jobs } from '../engine/jobs.ts';
import {
  AMX_BLOCK_ROWS,
  AMX_PAIRS,
  BLOCK_ROWS,
  NATIVE_BLOCK_ROWS,
  PANEL_COLUMNS,
  PARTS,
  TILE_ROWS,
} from '../jobs/layout.ts';
import type { GroupArguments } from '../jobs/table.ts';
import { Workspace } from '../engine/workspace.ts';

const TOGETHER = 2 * AMX_PAIRS; // k that AMX takes at once, and that are packed together where floats are split
const WHOLE_COLUMNS = 1024; // the widest product that a thread computes alone
const FEW_COLUMNS = 256; // that are worth packing the rows of a for AMX
const SMALL = 2 ** 19; // multiply-adds that are worth a chunk
const PACK_LIMIT = 2 ** 20; // floats of b packed at once; wider products run in stripes
const SPAN = 512; // minimum k per span
const SPAN_SUMS = 2 ** 18; // maximum floats of partial sums in addition to c
const BLAS_EDGE = 1024; // maximum rows and columns of a block for a BLAS, which packs its operands for each block
const BLAS_SMALLEST = 64; // minimum edge of a block; twice that if there are more than two blocks

/** What follows a product: bias (0, or one value per column) is added to c; y (0 for none) is dropout(gelu(c)). */
export type Finish = Record<'bias' | 'y' | 'tanh', number> & Pick<GroupArguments, 'mask'>;
export const plain: Finish = { bias: 0, y: 0, tanh: 0, mask: { threshold: 0, keyLow: 0, keyHigh: 0, factor: 1 } };

/** Rows and columns: of a chunk, or of a tile. */
export interface Cut {
  readonly rows: number;
  readonly columns: number;
}

/** What computes products: a BLAS, to which all threads are connected, or tiles, of which those of machine code have other sizes. */
export interface Multiplier {
  readonly blas: boolean;
  readonly tile: Cut;
  /** Rows of a that a thread packs at once. */
  readonly blockRows: number;
  /** Whether AMX multiplies: packing takes much of the time then. */
  readonly amx: boolean;
  /** Whether operands are packed as three parts of bf16. */
  readonly split: boolean;
}
export const wasmMultiplier: Multiplier = {
  blas: false,
  tile: { rows: TILE_ROWS, columns: PANEL_COLUMNS },
  blockRows: BLOCK_ROWS,
  amx: false,
  split: false,
};
export const blasMultiplier: Multiplier = { ...wasmMultiplier, blas: true };
export const packedMultiplier = (tile: Cut, amx: boolean, split: boolean): Multiplier => ({
  blas: false,
  tile,
  blockRows: amx ? AMX_BLOCK_ROWS : NATIVE_BLOCK_ROWS,
  amx,
  split,
});

/** Decides how a product is cut, by its size alone. */
export class Matmul {
  readonly #jobs: Jobs;
  readonly #workspace: Workspace;
  readonly #multiplier: Multiplier;

  constructor(arena: Arena, jobs: Jobs, multiplier: Multiplier) {
    this.#jobs = jobs;
    this.#workspace = new Workspace(arena);
    this.#multiplier = multiplier;
  }

  get #blas(): boolean {
    return this.#multiplier.blas;
  }

  /** The contract's matmul, followed by `finish`. */
  run(a: number, b: number, c: number, p: KernelParameters<'matmul'>, finish = plain): void {
    const products = p.outer * p.inner;
    const small = p.m * p.n * p.k <= SMALL || products >= 4 * this.#jobs.threads;
    const { amx } = this.#multiplier;
    const spans = finish === plain && (this.#blas || amx || (p.transposeA && !p.transposeB)) ? spansOf(p) : 1;
    if (this.#blas ? spans === 1 : small && p.n <= WHOLE_COLUMNS) return this.#blocks(a, b, c, p, finish);
    if (spans > 1) return this.#spans(a, b, c, p, spans);
    if (amx && p.m <= AMX_BLOCK_ROWS && p.n >= 2 * FEW_COLUMNS) return this.#blocks(a, b, c, p, finish);
    for (let outer = 0; outer < p.outer; outer++)
      for (let inner = 0; inner < p.inner; inner++)
        this.#shared(
          a + 4 * (outer * p.aOuter + inner * p.aInner),
          b + 4 * (outer * p.bOuter + inner * p.bInner),
          c + 4 * (outer * p.cOuter + inner * p.cInner),
          p,
          finish,
        );
  }

  /** Products whose blocks are each computed by one thread. */
  #blocks(a: number, b: number, c: number, p: KernelParameters<'matmul'>, { bias, y, tanh, mask }: Finish): void {
    const products = p.outer * p.inner;
    const work = p.m * p.n * p.k;
    const group = Math.max(1, Math.floor(SMALL / work));
    const { rows, columns } =
      work <= SMALL ? { rows: p.m, columns: p.n } : this.#blas ? blasCut(p, 1) : this.#columnsCut(p);
    const chunks = Math.ceil(products / group) * Math.ceil(p.m / rows) * Math.ceil(p.n / columns);
    const finish = { bias, y, firstColumn: 0, tanh };
    const blas = Number(this.#blas);
    const own = { a, b, c, products, group, rows, columns, blas, product: p, strides: p, finish, mask };
    this.#jobs.run('multiplyBlocks', chunks, own);
  }

  /** Of few rows, which each thread packs for itself, as it does its own columns. What is computed does not depend on it. */
  #columnsCut({ m, n }: KernelParameters<'matmul'>): Cut {
    const { amx, tile } = this.#multiplier;
    const blocks = amx ? Math.max(1, Math.min(2 * this.#jobs.threads, Math.floor(n / FEW_COLUMNS))) : 1;
    return { rows: m, columns: Math.ceil(n / blocks / tile.columns) * tile.columns };
  }

  /**
   * A product over a large k, such as a weight's gradient, in spans of k whose sums are added at the end: each thread reads and packs
   * its own operands.
   */
  #spans(a: number, b: number, c: number, p: KernelParameters<'matmul'>, spans: number): void {
    const size = p.m * p.n;
    const { threads } = this.#jobs;
    const partial = this.#workspace.reserve(SPAN_SUMS); // the most that spans need: grown later, it would leave a hole
    const { rows, columns } = this.#blas ? blasCut(p, spans) : spansCut(p, spans, threads, this.#multiplier.tile.rows);
    const chunks = spans * Math.ceil(p.m / rows) * Math.ceil(p.n / columns);
    const own = { a, b, c, partial, span: Math.ceil(p.k / spans), rows, columns, blas: Number(this.#blas), product: p };
    this.#jobs.run('multiplySpans', chunks, own);
    const grain = Math.ceil(size / threads / 16) * 16;
    this.#jobs.each('addSpans', size, grain, { c, partial, blocks: spans - 1 });
  }

  /** One product by all threads, which pack b together, in stripes of columns. */
  #shared(a: number, b: number, c: number, p: KernelParameters<'matmul'>, { bias, y, tanh, mask }: Finish): void {
    const { m, k, aRow, bRow, cRow, transposeA, transposeB, scale } = p;
    const { tile, split } = this.#multiplier;
    const panel = tile.columns;
    const width = Math.min(p.n, Math.max(64, Math.floor(PACK_LIMIT / k / panel) * panel));
    const words = split ? PARTS * AMX_PAIRS * Math.ceil(k / TOGETHER) : Math.max(k, TOGETHER);
    const packed = this.#workspace.reserve(Math.ceil(width / panel) * panel * words);
    for (let first = 0; first < p.n; first += width) {
      const n = Math.min(width, p.n - first);
      const product = { m, n, k, aRow, bRow, cRow, transposeA, transposeB, scale };
      const together = split ? TOGETHER : 2;
      const panels = transposeB
        ? Math.max(1, Math.round(2 ** 12 / k / panel))
        : together * Math.ceil(2 ** 14 / together / n); // or rows
      const packs = Math.ceil((transposeB ? n / panel : k) / panels);
      this.#jobs.run('packShared', packs, { b: b + 4 * first * (transposeB ? bRow : 1), packed, panels, product });
      const { rows, columns } = sharedCut(m, n, this.#jobs.threads, this.#multiplier);
      const chunks = Math.ceil(m / rows) * Math.ceil(n / columns);
      const finish = { bias: bias && bias + 4 * first, y: y && y + 4 * first, firstColumn: first, tanh };
      const own = { a, packed, c: c + 4 * first, rows, columns, product, finish, mask };
      this.#jobs.run('multiplyShared', chunks, own);
    }
  }
}

/** The number of spans that k is cut into, 1 for no cut. It decides the order of additions, so it depends on the size alone. */
function spansOf(p: KernelParameters<'matmul'>): number {
  const most = Math.min(p.k / SPAN, 1 + SPAN_SUMS / (p.m * p.n));
  return p.outer * p.inner === 1 && p.cRow === p.n && most >= 2 ? 2 ** Math.floor(Math.log2(most)) : 1;
}

/** Enough chunks to keep all threads busy to the end, each as large as that allows. What is computed does not depend on it. */
function sharedCut(m: number, n: number, threads: number, { tile, blockRows, amx }: Multiplier): Cut {
  const wanted = 4 * threads;
  let rowBlocks = Math.ceil(m / blockRows);
  const columnBlocks = Math.max(1, Math.min(Math.ceil(wanted / rowBlocks), Math.floor(n / (amx ? FEW_COLUMNS : 64))));
  if (amx) rowBlocks = Math.max(rowBlocks, Math.min(Math.ceil(wanted / columnBlocks), Math.ceil(m / 64)));
  const rows = Math.ceil(m / rowBlocks / tile.rows) * tile.rows;
  return { rows, columns: Math.ceil(n / columnBlocks / tile.columns) * tile.columns };
}

/** Two chunks or more a thread. What is computed does not depend on it. */
function spansCut({ m, n }: KernelParameters<'matmul'>, spans: number, threads: number, tileRows: number): Cut {
  const blocks = Math.ceil((2 * threads) / spans);
  return { rows: Math.ceil(m / blocks / tileRows) * tileRows, columns: n };
}

/**
 * Blocks for a BLAS: few, since the library packs its operands again for each, but enough for two, four or eight threads if there is
 * work for them. Depends on the product's size alone, since a library may round differently with other cuts.
 */
function blasCut({ m, n, k }: KernelParameters<'matmul'>, spans: number): Cut {
  let [down, across] = [Math.ceil(m / BLAS_EDGE), Math.ceil(n / BLAS_EDGE)];
  const work = m * n * k;
  const wanted = work < 2 ** 24 ? 2 : work < 2 ** 30 ? 4 : 8;
  for (let blocks = spans * down * across; blocks < wanted; blocks *= 2) {
    const [rows, columns] = [m / down, n / across];
    if (Math.max(rows, columns) < 2 * (blocks === 1 ? BLAS_SMALLEST : 2 * BLAS_SMALLEST)) break;
    if (rows >= columns) down *= 2;
    else across *= 2;
  }
  return { rows: Math.ceil(m / down), columns: Math.ceil(n / across) };
}
