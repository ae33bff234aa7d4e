// Shared by attention's forward and backward: a block of queries and the keys that they attend to, one head at a time. The scores of a
// block stay in the cache. The host cuts blocks whose queries attend to the same keys, or nearly: few scores are computed needlessly.
// Queries are rows of their array, one for each token or, if TOKENS is not 0, for those it lists; keys are positions in their sequence.
import { expRow } from '../pairs/joined';
import { dropBlock, dropRow } from '../dropout';
import { AttentionBlock, Mask, QueryBlock } from '../jobs.generated';
import { scratch } from '../memory/job';
import { multiply } from '../matmul/product';
import { SCORES } from '../memory/scratch';
import { sumOf } from '../arithmetic/vector';

// The block.
let sequence: i32 = 0;
let head: i32 = 0;
export let firstQuery: i32 = 0;
export let queries: i32 = 0;
export let firstKey: i32 = 0;
export let keys: i32 = 0;
let ragged: bool = false;

/** So low a score that its exponential is 0, whatever the scale. */
const HIDDEN: f32 = -1e30;

/** Selects a head of a sequence. */
export function takeHead(ofSequence: i32, number: i32): void {
  sequence = ofSequence;
  head = number;
}

/** Selects a block of the list, and a head. */
export function takeBlock(block: i32, number: i32): void {
  const taken = changetype<QueryBlock>(AttentionBlock.blockTable + <usize>block * offsetof<QueryBlock>());
  takeHead(taken.sequence, number);
  firstQuery = taken.firstQuery;
  queries = taken.endQuery - firstQuery;
  firstKey = taken.firstKey;
  keys = taken.endKey - firstKey;
  ragged = taken.ragged != 0;
}

/** The address of the head's columns of a query in an array (queries, heads * headSize). */
export function queryPlace(array: usize, query: i32): usize {
  return array + 4 * (<usize>query * <usize>AttentionBlock.heads + head) * <usize>AttentionBlock.headSize;
}

/** The same for a key in an array (batch, length, heads * headSize). */
export function keyPlace(array: usize, key: i32): usize {
  return queryPlace(array, sequence * AttentionBlock.length + key);
}

/** Floats from one token to the next. */
export function width(): i32 {
  return AttentionBlock.heads * AttentionBlock.headSize;
}

/** The address of a query's log(sum(exp(scale * scores))). */
export function logSumExpOf(query: i32): usize {
  const listed = AttentionBlock.tokens != 0;
  return (
    AttentionBlock.logSumExp + 4 * (listed ? <usize>head * <usize>AttentionBlock.queries + query : queryNumber(query))
  );
}

/** The index in the dropout mask of a query's score for the block's first key. */
export function firstDrawn(query: i32): u64 {
  return <u64>queryNumber(query) * <u64>AttentionBlock.length + <u64>firstKey;
}

/** The index of a query in (batch, heads, length). */
function queryNumber(query: i32): usize {
  return (
    (<usize>sequence * <usize>AttentionBlock.heads + head) * <usize>AttentionBlock.length +
    (tokenOf(query) - sequence * AttentionBlock.length)
  );
}

/** The token of (batch, length) that a query is. */
function tokenOf(query: i32): i32 {
  const tokens = AttentionBlock.tokens;
  return tokens == 0 ? query : load<i32>(tokens + 4 * <usize>query);
}

/** Floats from one row of scores to the next: not a multiple of 64, which would map the starts of all rows to few cache sets. */
export function scoreRow(): i32 {
  const row = (keys + 3) & ~3;
  return (row & 63) == 0 ? row + 16 : row;
}

/** scores = query @ key' of the block, HIDDEN outside a query's span. They are scaled when used, so that products read query in place. */
export function computeScores(): void {
  const query = queryPlace(AttentionBlock.query, firstQuery);
  const key = keyPlace(AttentionBlock.key, firstKey);
  const across = width();
  const size = AttentionBlock.headSize;
  product(false, true, queries, keys, size, query, across, key, across, false, scratch() + SCORES, scoreRow());
  if (ragged) hideOutsideSpans();
}

function hideOutsideSpans(): void {
  const row = 4 * <usize>scoreRow();
  for (let i = 0, scores = scratch() + SCORES; i < queries; i++, scores += row) {
    const span = AttentionBlock.spans + 8 * <usize>tokenOf(firstQuery + i);
    const end = load<i32>(span, 4) - firstKey;
    for (let key = 0, start = load<i32>(span) - firstKey; key < start; key++)
      store<f32>(scores + 4 * <usize>key, HIDDEN);
    for (let key = end; key < keys; key++) store<f32>(scores + 4 * <usize>key, HIDDEN);
  }
}

/** c (+)= op(a) @ op(b) */
export function product(
  transposeA: bool,
  transposeB: bool,
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  aRow: i32,
  b: usize,
  bRow: i32,
  add: bool,
  c: usize,
  cRow: i32,
): void {
  multiply(AttentionBlock.blas, transposeA, transposeB, m, n, k, 1, a, aRow, b, bRow, add, c, cRow);
}

/** Applies dropout to the rows of an array like the scores. */
export function dropScores(scores: usize): void {
  if (Mask.threshold == 0) return;
  const row = scoreRow();
  if (AttentionBlock.tokens == 0) dropBlock(scores, row, firstDrawn(firstQuery), AttentionBlock.length, queries, keys);
  else
    for (let i = 0; i < queries; i++, scores += 4 * <usize>row)
      dropRow(scores, scores, firstDrawn(firstQuery + i), keys);
}

/** Turns a row of scores into exp(scale * scores - shift) and returns their sum. */
export function exponentials(scores: usize, shift: f32): f32 {
  expRow(scores, scores, keys, AttentionBlock.scale, shift);
  return sumOf(scores, keys);
}

/** Clears the head's columns of consecutive rows. */
export function clearRows(start: usize, rows: i32): void {
  for (let i = 0; i < rows; i++) memory.fill(start + 4 * <usize>(i * width()), 0, 4 * <usize>AttentionBlock.headSize);
}
