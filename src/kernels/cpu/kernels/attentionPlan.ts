import { BLOCK_QUERIES } from '../jobs/layout.ts';
import type { Records } from '../jobs/table.ts';

type QueryBlock = Records['queryBlock'];
type BlockGroup = Records['blockGroup'];

export interface AttentionPlan {
  readonly blocks: readonly QueryBlock[];
  readonly groups: readonly BlockGroup[];
  /** The maximum number of keys that a query attends to. */
  readonly mostKeys: number;
}

/**
 * Cuts attention into blocks whose scores stay in the cache. The cut depends only on the spans.
 * @param spans (batch, length, [start, end))
 * @param room the maximum number of scores per block
 * @param tokens the queries, ascending indices into (batch * length); all by default
 */
export function planAttention(
  spans: Int32Array,
  batch: number,
  length: number,
  room: number,
  tokens?: Int32Array,
): AttentionPlan {
  const blocks: QueryBlock[] = [];
  const groups: BlockGroup[] = [];
  let mostKeys = 0;
  let query = 0;
  for (let sequence = 0; sequence < batch; sequence++) {
    const first = query;
    if (!tokens) query += length;
    else while (query < tokens.length && tokens[query] < (sequence + 1) * length) query++;
    const runs = stretchesOf(spans, first, query, tokens);
    for (const [start, end] of keyGroups(runs, length)) {
      const firstBlock = blocks.length;
      for (const run of runs) {
        if (run.start < start || run.start >= end) continue;
        mostKeys = Math.max(mostKeys, run.end - run.start);
        const most = Math.min(BLOCK_QUERIES, Math.max(1, Math.floor(room / (run.end - run.start + 3))));
        const size = Math.ceil((run.last - run.first) / Math.ceil((run.last - run.first) / most));
        const keys = { firstKey: run.start, endKey: run.end };
        for (let firstQuery = run.first; firstQuery < run.last; firstQuery += size)
          blocks.push({ sequence, firstQuery, endQuery: Math.min(run.last, firstQuery + size), ...keys });
      }
      groups.push({ sequence, firstKey: start, endKey: end, firstBlock, endBlock: blocks.length });
    }
  }
  return { blocks, groups: largestFirst(groups, blocks), mostKeys };
}

/** In this order no thread is left with a large group while the others idle. */
function largestFirst(groups: readonly BlockGroup[], blocks: readonly QueryBlock[]): BlockGroup[] {
  const scores = ({ firstBlock, endBlock }: BlockGroup): number =>
    blocks
      .slice(firstBlock, endBlock)
      .reduce((sum, block) => sum + (block.endQuery - block.firstQuery) * (block.endKey - block.firstKey), 0);
  return groups
    .map((group) => ({ group, work: scores(group) }))
    .toSorted((a, b) => b.work - a.work)
    .map(({ group }) => group);
}

/** Queries [first, last), which all attend to the keys [start, end); 0 and 0 for no keys. */
interface Stretch {
  readonly first: number;
  readonly last: number;
  readonly start: number;
  readonly end: number;
}

/** The stretches of the queries [from, to). */
function stretchesOf(spans: Int32Array, from: number, to: number, tokens: Int32Array | undefined): Stretch[] {
  const runs: Stretch[] = [];
  const placeOf = (query: number): number => 2 * (tokens ? tokens[query] : query);
  for (let first = from, next = from + 1; next <= to; next++) {
    const [start, end] = [spans[placeOf(first)], spans[placeOf(first) + 1]];
    if (next < to && spans[placeOf(next)] === start && spans[placeOf(next) + 1] === end) continue;
    runs.push(start < end ? { first, last: next, start, end } : { first, last: next, start: 0, end: 0 });
    first = next;
  }
  return runs;
}

/** All keys, cut wherever a span begins or ends and no span continues. */
function keyGroups(runs: readonly Stretch[], length: number): [number, number][] {
  const seen = runs.filter(({ start, end }) => start < end);
  const edges = new Set(seen.flatMap(({ start, end }) => [start, end]));
  const change = new Int32Array(length + 2); // change in the number of spans that continue across each position
  for (const { start, end } of seen) {
    change[start + 1] += 1;
    change[end] -= 1;
  }
  const groups: [number, number][] = [];
  let first = 0;
  let across = 0;
  for (let place = 1; place <= length; place++) {
    across += change[place];
    if (place < length && (across > 0 || !edges.has(place))) continue;
    groups.push([first, place]);
    first = place;
  }
  return groups;
}
