import type { KernelParameters } from '../../contract.ts';
import type { Arena } from '../engine/arena.ts';
import type { Jobs } from '../engine/jobs.ts';
import { Workspace } from '../engine/workspace.ts';

const TILE_ROWS = 5;
const BLOCK_ROWS = 80; // rows of a that a thread packs at once, as in assembly/scratch.ts
const BATCH_COLUMNS = 1024; // the widest product that threads compute whole
const SMALL = 2 ** 19; // multiply-adds worth a chunk of their own
const PACK_LIMIT = 2 ** 20; // floats of b packed at once; wider products run in stripes
const SPAN = 512; // the least of k that a span has
const SPAN_SUMS = 2 ** 18; // floats of sums beside c
const BLAS_EDGE = 1024; // rows and columns of a block for a BLAS, which packs anew for each
const BLAS_SMALLEST = 64; // no edge below it is cut

/** What becomes of a product. */
export interface Finish {
  /** The address of a value a column to add, or 0. */
  readonly bias?: number;
  /** Where c goes after GELU and dropout, and the job's integers for them: tanh and the mask. */
  readonly activated?: { readonly y: number; readonly integers: readonly number[]; readonly scale: number };
}

/** How a product is cut into chunks. */
interface Cut {
  readonly group: number;
  readonly rows: number;
  readonly columns: number;
}

/** Decides how a product is cut, by its size alone. */
export class Matmul {
  readonly #jobs: Jobs;
  readonly #workspace: Workspace;
  readonly #blas: boolean;

  /** @param blas whether products go to the system's BLAS, to which all threads are connected */
  constructor(arena: Arena, jobs: Jobs, blas: boolean) {
    this.#jobs = jobs;
    this.#workspace = new Workspace(arena);
    this.#blas = blas;
  }

  /** The contract's matmul. */
  run(a: number, b: number, c: number, p: KernelParameters<'matmul'>, finish: Finish = {}): void {
    const products = p.outer * p.inner;
    const work = p.m * p.n * p.k;
    const small = work <= SMALL || products >= 4 * this.#jobs.threads;
    if (this.#blas || (p.n <= BATCH_COLUMNS && small)) {
      const group = Math.max(1, Math.floor(SMALL / work));
      const { rows, columns } =
        this.#blas && work > SMALL ? blasCut(p.m, p.n, this.#jobs.threads) : { rows: p.m, columns: p.n };
      const chunks = Math.ceil(products / group) * Math.ceil(p.m / rows) * Math.ceil(p.n / columns);
      this.#job(
        'multiplyBlocks',
        chunks,
        [a, b, c],
        p,
        { n: p.n, first: 0, packed: 0, panels: 0 },
        { group, rows, columns },
        finish,
      );
      return;
    }
    const spans = spansOf(p);
    if (spans > 1) return this.#spans(a, b, c, p, spans);
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

  /**
   * A product of two operands whose rows are contracted, as weights' gradients are: each thread takes rows of its own, which it reads
   * but once, and the sums are added at the end.
   */
  #spans(a: number, b: number, c: number, p: KernelParameters<'matmul'>, spans: number): void {
    const size = p.m * p.n;
    const packed = this.#workspace.reserve((spans - 1) * size);
    const blocks = Math.ceil((2 * this.#jobs.threads) / spans);
    const rows = Math.ceil(p.m / blocks / TILE_ROWS) * TILE_ROWS;
    const stripe = { n: p.n, first: 0, packed, panels: 0 };
    const cut = { group: Math.ceil(p.k / spans), rows, columns: p.n };
    this.#job('multiplySpans', spans * Math.ceil(p.m / rows), [a, b, c], p, stripe, cut, {});
    const grain = Math.ceil(size / this.#jobs.threads / 16) * 16;
    this.#jobs.run('addSpans', Math.ceil(size / grain), [size, grain, c, packed, spans - 1]);
  }

  /** One product for all threads, which pack b together. */
  #shared(a: number, b: number, c: number, p: KernelParameters<'matmul'>, finish: Finish): void {
    const width = Math.min(p.n, Math.max(64, Math.floor(PACK_LIMIT / p.k / 8) * 8));
    const packed = this.#workspace.reserve(Math.ceil(width / 8) * 8 * p.k);
    for (let first = 0; first < p.n; first += width) {
      const n = Math.min(width, p.n - first);
      const panels = Math.max(1, Math.round(p.transposeB ? 2 ** 12 / p.k / 8 : 2 ** 14 / n)); // or rows
      const stripe = { n, first, packed, panels };
      const arrays = [a, b + 4 * first * (p.transposeB ? p.bRow : 1), c + 4 * first];
      const cut = sharedCut(p.m, n, this.#jobs.threads);
      this.#job('packShared', Math.ceil((p.transposeB ? n / 8 : p.k) / panels), arrays, p, stripe, cut, finish);
      const chunks = Math.ceil(p.m / cut.rows) * Math.ceil(n / cut.columns);
      this.#job('multiplyShared', chunks, arrays, p, stripe, cut, finish);
    }
  }

  #job(
    name: string,
    chunks: number,
    [a = 0, b = 0, c = 0]: readonly number[],
    p: KernelParameters<'matmul'>,
    stripe: { n: number; first: number; packed: number; panels: number },
    cut: Cut,
    { bias = 0, activated }: Finish,
  ): void {
    const { n, first, packed, panels } = stripe;
    const [stripeBias, y] = [bias && bias + 4 * first, activated ? activated.y + 4 * first : 0];
    const integers = [
      a, p.aRow, p.aOuter, p.aInner, p.transposeA, b, p.bRow, p.bOuter, p.bInner, p.transposeB, c, p.cRow, p.cOuter, p.cInner,
      p.m, n, p.k, p.inner, p.outer * p.inner, cut.group, cut.rows, cut.columns, packed, stripeBias, panels, Number(this.#blas), first,
      y, ...(activated?.integers ?? []),
    ]; // prettier-ignore
    this.#jobs.run(name, chunks, integers, [p.scale, activated?.scale ?? 1]);
  }
}

/** In how many spans k is cut, by the product's size alone, since it decides in which order sums are added: 1 if in none. */
function spansOf(p: KernelParameters<'matmul'>): number {
  const contracted = p.transposeA && !p.transposeB && p.outer * p.inner === 1 && p.cRow === p.n;
  const most = Math.min(p.k / SPAN, 1 + SPAN_SUMS / (p.m * p.n));
  return contracted && most >= 2 ? 2 ** Math.floor(Math.log2(most)) : 1;
}

/** Enough chunks to keep all threads busy to the end, each as large as that allows. What is computed does not depend on it. */
function sharedCut(m: number, n: number, threads: number): Cut {
  const wanted = 4 * threads;
  const rowBlocks = Math.ceil(m / BLOCK_ROWS);
  const rows = Math.ceil(m / rowBlocks / TILE_ROWS) * TILE_ROWS;
  const columnBlocks = Math.max(1, Math.min(Math.ceil(wanted / rowBlocks), Math.floor(n / 64)));
  return { group: 1, rows, columns: Math.ceil(n / columnBlocks / 8) * 8 };
}

/**
 * Blocks for a BLAS: as large as leaves each thread one, since the library packs its operands anew for each. One thread works as two
 * do, three as four: a library may round otherwise at other cuts.
 */
function blasCut(m: number, n: number, threads: number): { rows: number; columns: number } {
  let [down, across] = [Math.ceil(m / BLAS_EDGE), Math.ceil(n / BLAS_EDGE)];
  const wanted = 2 ** Math.max(1, Math.ceil(Math.log2(threads)));
  while (down * across < wanted) {
    const [rows, columns] = [m / down, n / across];
    if (Math.max(rows, columns) < 2 * BLAS_SMALLEST) break;
    if (rows >= columns) down *= 2;
    else across *= 2;
  }
  return { rows: Math.ceil(m / down), columns: Math.ceil(n / across) };
}
