import { BertrandError } from '../../../error.ts';
import type { KernelParameters } from '../../contract.ts';
import type { Arena } from '../engine/arena.ts';
import { planAttention } from './attentionPlan.ts';
import type { AttentionPlan } from './attentionPlan.ts';
import type { Jobs } from '../engine/jobs.ts';
import { BLOCK_SCORES } from '../jobs/layout.ts';
import { records } from '../jobs/table.ts';
import type { Arguments } from '../jobs/table.ts';
import { records as writers } from '../jobs/writers.generated.ts';
import { maskOf } from './dropoutMask.ts';
import type { Staging } from '../engine/staging.ts';
import { Workspace } from '../engine/workspace.ts';

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

type AttentionArrays = Record<'query' | 'key' | 'value' | 'spans' | 'context' | 'logSumExp', number> & {
  /** The queries; all tokens if omitted. */
  readonly tokens?: number;
};
type AttentionParameters = KernelParameters<'attention'> & { readonly queries?: number };
type AttentionGradients = Record<'dcontext' | 'dquery' | 'dkey' | 'dvalue', number>;

/** As many kinds of spans as take turns from layer to layer: whole sequences and windows. */
const PLANS = 2;

/** Runs fused attention. The plans of the last spans are kept, since these are the same from layer to layer. */
export class FusedAttention {
  readonly #arena: Arena;
  readonly #jobs: Jobs;
  readonly #staging: Staging;
  readonly #blas: boolean;
  /** Tokens, each as often as there are heads, and sums that no one asks for. */
  readonly #repeated: Workspace;
  /** The latest first. */
  #kept: { readonly placed: Placed; readonly tables: Workspace }[] = [];

  constructor(arena: Arena, jobs: Jobs, staging: Staging, blas: boolean) {
    this.#arena = arena;
    this.#repeated = new Workspace(arena);
    this.#jobs = jobs;
    this.#staging = staging;
    this.#blas = blas;
  }

  forward(arrays: AttentionArrays, p: AttentionParameters): void {
    const placed = this.#place(arrays, p);
    this.#jobs.run('attention', placed.blocks * p.heads, this.#values(arrays, p, placed));
  }

  /** Of x as keys and values of all heads, which become queries of one head. */
  ofInput(
    { x, tokens, ...arrays }: Record<'query' | 'x' | 'spans' | 'tokens' | 'context', number>,
    { heads, queries, ...p }: KernelParameters<'attentionAtInput'>,
  ): void {
    const rows = heads * queries;
    const repeated = this.#repeated.reserve(2 * rows);
    const each = this.#staging.integers(tokens, queries);
    this.#staging.write(
      'i32',
      repeated,
      Int32Array.from({ length: rows }, (_, i) => each[Math.floor(i / heads)]),
    );
    const own = { key: x, value: x, tokens: repeated, logSumExp: repeated + 4 * rows };
    const undropped = { rate: 0, keyLow: 0, keyHigh: 0 };
    this.forward({ ...arrays, ...own }, { ...p, ...undropped, heads: 1, queries: rows });
  }

  backward(arrays: AttentionArrays, gradients: AttentionGradients, p: AttentionParameters): void {
    const placed = this.#place(arrays, p);
    const { groups, groupTable } = placed;
    const { attentionBlock, mask } = this.#values(arrays, p, placed);
    this.#jobs.run('attentionBackward', groups * p.heads, { ...gradients, groupTable, attentionBlock, mask });
  }

  #values(
    { query, key, value, spans, context, logSumExp, tokens = 0 }: AttentionArrays,
    p: AttentionParameters,
    { blockTable }: Placed,
  ): Arguments['attention'] {
    const { heads, length, headSize, scale, queries = 0 } = p;
    const blas = Number(this.#blas);
    const arrays = { query, key, value, spans, context, logSumExp, tokens, blockTable };
    return { attentionBlock: { ...arrays, heads, length, headSize, queries, blas, scale }, mask: maskOf(p) };
  }

  #place(arrays: AttentionArrays, { batch, length, queries = 0 }: AttentionParameters): Placed {
    const spans = this.#staging.integers(arrays.spans, 2 * batch * length);
    const tokens = arrays.tokens === undefined ? undefined : this.#staging.integers(arrays.tokens, queries);
    const same = ({ placed }: { placed: Placed }): boolean =>
      placed.batch === batch && placed.length === length && equal(placed.spans, spans) && equal(placed.tokens, tokens);
    const found = this.#kept.find(same);
    if (found) {
      this.#kept = [found, ...this.#kept.filter((one) => one !== found)];
      return found.placed;
    }
    const plan = planAttention(spans, batch, length, BLOCK_SCORES, tokens);
    if (plan.mostKeys > BLOCK_SCORES)
      throw new BertrandError(
        `kernel attention: a query attends to ${plan.mostKeys} keys; the cpu device's limit is ${BLOCK_SCORES}`,
        { advice: 'lower sequenceLength' },
      );
    const copies = { spans: spans.slice(), tokens: tokens?.slice() }; // before writing the tables: growing memory detaches views
    const counts = { batch, length, blocks: plan.blocks.length, groups: plan.groups.length };
    const tables = (this.#kept.length < PLANS ? undefined : this.#kept.pop()?.tables) ?? new Workspace(this.#arena);
    const placed = { ...copies, ...counts, ...this.#write(plan, tables) };
    this.#kept.unshift({ placed, tables });
    return placed;
  }

  #write({ blocks, groups }: AttentionPlan, tables: Workspace): Pick<Placed, 'blockTable' | 'groupTable'> {
    const [block, group] = [records.queryBlock.length, records.blockGroup.length];
    const words = new Int32Array(block * blocks.length + group * groups.length);
    let word = 0;
    for (const one of blocks) word = writers.queryBlock(one, words, word);
    const groupsFrom = word;
    for (const one of groups) word = writers.blockGroup(one, words, word);
    const blockTable = tables.reserve(words.length);
    this.#staging.write('i32', blockTable, words);
    return { blockTable, groupTable: blockTable + 4 * groupsFrom };
  }
}

function equal(a: Int32Array | undefined, b: Int32Array | undefined): boolean {
  if (!a || !b || a.length !== b.length) return a === b;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false; // ten times as fast as every(), which matters in a small step
  return true;
}
