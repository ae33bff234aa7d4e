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
  readonly #blas: boolean;
  /** Tokens, each as often as there are heads, and sums that no one asks for. */
  readonly #repeated: Workspace;
  /** The latest first. */
  #kept: { readonly placed: Placed; readonly tables: Workspace }[] = [];

  constructor(arena: Arena, jobs: Jobs, blas: boolean) {
    this.#arena = arena;
    this.#repeated = new Workspace(arena);
    this.#jobs = jobs;
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
    this.#jobs.finish(); // the memory may be in use
    const { integers } = this.#arena;
    for (let i = 0; i < rows; i++) integers[repeated / 4 + i] = integers[tokens / 4 + Math.floor(i / heads)];
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
    const { integers } = this.#arena;
    const view = (address: number, size: number): Int32Array => integers.subarray(address / 4, address / 4 + size);
    const spans = view(arrays.spans, 2 * batch * length);
    const tokens = arrays.tokens === undefined ? undefined : view(arrays.tokens, queries);
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
    const blockTable = tables.reserve(block * blocks.length + group * groups.length);
    this.#jobs.finish(); // the memory may be in use
    const { integers } = this.#arena;
    let word = blockTable / 4;
    for (const block of blocks) word = writers.queryBlock(block, integers, word);
    const groupTable = 4 * word;
    for (const group of groups) word = writers.blockGroup(group, integers, word);
    return { blockTable, groupTable };
  }
}

function equal(a: Int32Array | undefined, b: Int32Array | undefined): boolean {
  if (!a || !b || a.length !== b.length) return a === b;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false; // ten times as fast as every(), which matters in a small step
  return true;
}
