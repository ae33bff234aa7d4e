import { BertrandError } from '../../../error.ts';
import type { KernelParameters } from '../../contract.ts';
import type { Arena } from '../engine/arena.ts';
import { planAttention } from './attentionPlan.ts';
import type { Block, Group } from './attentionPlan.ts';
import type { Jobs } from '../engine/jobs.ts';
import { maskArguments } from './dropoutMask.ts';
import { Workspace } from '../engine/workspace.ts';

export const MOST_KEYS = 2 ** 16; // of one query: room for a row of scores, see SCORES_FLOATS in assembly/scratch.ts
const CACHED = 2 ** 16; // scores that stay in the second-level cache, also twice

interface Placed {
  readonly spans: Int32Array;
  readonly tokens: Int32Array | undefined;
  readonly batch: number;
  readonly length: number;
  readonly blocks: number;
  readonly groups: number;
  readonly blockTable: number;
  readonly groupTable: number;
}

type Arrays = Record<'query' | 'key' | 'value' | 'spans' | 'context' | 'logSumExp', number> & {
  /** Those whose attention is wanted: of all, if left out. */
  readonly tokens?: number;
};
type AttentionParameters = KernelParameters<'attention'> & { readonly wanted?: number };
type Gradients = Record<'dcontext' | 'dquery' | 'dkey' | 'dvalue', number>;

/** Runs fused attention; its plan is kept while the spans stay the same, as they do from layer to layer. */
export class Attention {
  readonly #arena: Arena;
  readonly #jobs: Jobs;
  readonly #blas: boolean;
  readonly #tables: Workspace;
  #placed: Placed | undefined;

  constructor(arena: Arena, jobs: Jobs, blas: boolean) {
    this.#arena = arena;
    this.#jobs = jobs;
    this.#blas = blas;
    this.#tables = new Workspace(arena);
  }

  forward(arrays: Arrays, p: AttentionParameters): void {
    const placed = this.#place(arrays, p);
    this.#run('attention', placed.blocks, arrays, p, placed);
  }

  backward(arrays: Arrays, gradients: Gradients, p: AttentionParameters): void {
    const placed = this.#place(arrays, p);
    this.#run('attentionBackward', placed.groups, arrays, p, placed, gradients);
  }

  #run(
    name: string,
    pieces: number,
    { query, key, value, context, logSumExp, tokens = 0 }: Arrays,
    p: AttentionParameters,
    { blockTable, groupTable }: Placed,
    { dcontext, dquery, dkey, dvalue }: Gradients = { dcontext: 0, dquery: 0, dkey: 0, dvalue: 0 },
  ): void {
    const { integers, scale } = maskArguments(p);
    this.#jobs.run(
      name,
      pieces * p.heads,
      [
        query, key, value, context, logSumExp, p.heads, p.length, p.headSize, Number(this.#blas), ...integers,
        blockTable, groupTable, dcontext, dquery, dkey, dvalue, tokens, p.wanted ?? 0,
      ],
      [p.scale, scale],
    ); // prettier-ignore
  }

  #place(arrays: Arrays, { batch, length, wanted = 0 }: AttentionParameters): Placed {
    const { integers } = this.#arena;
    const view = (address: number, size: number): Int32Array => integers.subarray(address / 4, address / 4 + size);
    const spans = view(arrays.spans, 2 * batch * length);
    const tokens = arrays.tokens === undefined ? undefined : view(arrays.tokens, wanted);
    const last = this.#placed;
    const same =
      last?.batch === batch && last.length === length && equal(last.spans, spans) && equal(last.tokens, tokens);
    if (last && same) return last;
    const { blocks, groups, mostKeys } = planAttention(spans, batch, length, CACHED, tokens);
    if (mostKeys > MOST_KEYS)
      throw new BertrandError(
        `kernel attention: a query sees ${mostKeys} keys, and the cpu device can do ${MOST_KEYS}; lower sequenceLength`,
      );
    const rows: readonly (Block | Group)[] = [...blocks, ...groups];
    const blockTable = this.#tables.reserve(5 * rows.length);
    this.#arena.integers.set(rows.flat(), blockTable / 4);
    const tables = { blockTable, groupTable: blockTable + 20 * blocks.length };
    const counts = { batch, length, blocks: blocks.length, groups: groups.length };
    this.#placed = { spans: spans.slice(), tokens: tokens?.slice(), ...counts, ...tables };
    return this.#placed;
  }
}

function equal(a: Int32Array | undefined, b: Int32Array | undefined): boolean {
  if (!a || !b || a.length !== b.length) return a === b;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false; // a tenth of the time of every(), which counts in a small step
  return true;
}
