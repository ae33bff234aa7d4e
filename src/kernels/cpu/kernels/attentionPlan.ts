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
    const runs = joined(stretchesOf(spans, first, query, tokens), room);
    for (const [start, end] of keyGroups(runs, length)) {
      const firstBlock = blocks.length;
      for (const run of runs) {
        if (run.start < start || run.start >= end) continue;
        mostKeys = Math.max(mostKeys, run.end - run.start);
        const most = Math.min(BLOCK_QUERIES, Math.max(1, Math.floor(room / (run.end - run.start + 3))));
        const size = Math.ceil((run.last - run.first) / Math.ceil((run.last - run.first) / most));
        const keys = { firstKey: run.start, endKey: run.end, ragged: Number(run.ragged) };
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

/** Queries [first, last), which all attend to the keys [start, end), or if ragged to some of them each; 0 and 0 for no keys. */
interface Stretch {
  readonly first: number;
  readonly last: number;
  readonly start: number;
  readonly end: number;
  readonly ragged: boolean;
  /** The minimum number of keys that one of the queries attends to. */
  readonly least: number;
}

/** The stretches of the queries [from, to). */
function stretchesOf(spans: Int32Array, from: number, to: number, tokens: Int32Array | undefined): Stretch[] {
  const runs: Stretch[] = [];
  const placeOf = (query: number): number => 2 * (tokens ? tokens[query] : query);
  for (let first = from, next = from + 1; next <= to; next++) {
    const [start, end] = [spans[placeOf(first)], spans[placeOf(first) + 1]];
    if (next < to && spans[placeOf(next)] === start && spans[placeOf(next) + 1] === end) continue;
    const keys = start < end ? { start, end, least: end - start } : { start: 0, end: 0, least: 0 };
    runs.push({ first, last: next, ragged: false, ...keys });
    first = next;
  }
  return runs;
}

/** Keys of a stretch for each that a query attends to, at most: larger products are worth computing some scores needlessly. */
const MOST_KEYS = 2;

/** Stretches whose keys slide on, as those of a window do, become one. */
function joined(runs: readonly Stretch[], room: number): Stretch[] {
  const all: Stretch[] = [];
  for (const run of runs) {
    const before = all.at(-1);
    const both = before && {
      ...before,
      last: run.last,
      end: run.end,
      ragged: true,
      least: Math.min(before.least, run.least),
    };
    if (before && both && slides(before, run) && fits(both, room)) all[all.length - 1] = both;
    else all.push(run);
  }
  return all;
}

const slides = (before: Stretch, { start, end }: Stretch): boolean =>
  before.start <= start && start < before.end && before.end <= end;

function fits({ first, last, start, end, least }: Stretch, room: number): boolean {
  const [queries, keys] = [last - first, end - start];
  return keys <= MOST_KEYS * least && queries <= BLOCK_QUERIES && queries * (keys + 3) <= room;
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
