// Attention without its (length x length) arrays (Dao et al. 2022), a block of queries and their keys at a time: the scores
// of a block stay in the cache. The host cuts: a block's queries see the same keys, so that no score is computed in vain.
import { expRow } from './joined';
import { log } from './log';
import { draw } from './draw';
import { integer, pointer, real, scratch } from './job';
import { multiply } from './product';
import { DRAWN, DRAWN_FLOATS, SCORES, SCORES_FLOATS } from './scratch';
import { largestOf, loadUpTo, multiplyAdd, sumLanes, sumOf } from './vector';

// The parameters' places in the job block. Real 0 is the scale of scores, which is positive, real 1 that of dropout.
const QUERY = 0;
const KEY = 1;
const VALUE = 2;
const CONTEXT = 3;
const LOG_SUM_EXP = 4; // (batch, heads, length)
const HEADS = 5;
const LENGTH = 6;
const HEAD_SIZE = 7;
const BLAS = 8;
const MASK = 9; // threshold, keyLow, keyHigh
const BLOCKS = 12; // where the blocks are listed
const GROUPS = 13; // attentionBackward: where the groups of blocks are listed
const DCONTEXT = 14;
const DQUERY = 15;
const DKEY = 16;
const DVALUE = 17;

// A block: its sequence, its queries, the keys that they see.
const BLOCK_BYTES: usize = 20;
let sequence: i32 = 0;
let firstQuery: i32 = 0;
let queries: i32 = 0;
let firstKey: i32 = 0;
let keys: i32 = 0;
let head: i32 = 0;

function takeBlock(block: i32): void {
  const at = pointer(BLOCKS) + <usize>block * BLOCK_BYTES;
  sequence = load<i32>(at);
  firstQuery = load<i32>(at, 4);
  queries = load<i32>(at, 8) - firstQuery;
  firstKey = load<i32>(at, 12);
  keys = load<i32>(at, 16) - firstKey;
}

/** Where the head's columns of a token begin in an array of (batch, length, heads * headSize). */
function place(array: usize, token: i32): usize {
  const row = <usize>sequence * pointer(LENGTH) + token;
  return array + 4 * (row * pointer(HEADS) + head) * pointer(HEAD_SIZE);
}

/** The place of a query in (batch, heads, length). */
function queryNumber(query: i32): usize {
  return (<usize>sequence * pointer(HEADS) + head) * pointer(LENGTH) + query;
}

/** Floats from one row of scores to the next: no multiple of 64, which would put all rows' beginnings into few places of the cache. */
function scoreRow(): i32 {
  const row = (keys + 3) & ~3;
  return (row & 63) == 0 ? row + 16 : row;
}

/** scores = query @ key' of the block, to be scaled where they are used: so products read query as it lies. */
function computeScores(): void {
  const width = integer(HEADS) * integer(HEAD_SIZE);
  const query = place(pointer(QUERY), firstQuery);
  const key = place(pointer(KEY), firstKey);
  const scores = scratch() + SCORES;
  multiply(
    integer(BLAS) != 0,
    false,
    true,
    queries,
    keys,
    integer(HEAD_SIZE),
    1,
    query,
    width,
    key,
    width,
    false,
    scores,
    scoreRow(),
  );
}

function clearRows(start: usize, rows: i32): void {
  const width = 4 * pointer(HEADS) * pointer(HEAD_SIZE);
  for (let i = 0; i < rows; i++) memory.fill(start + <usize>i * width, 0, 4 * pointer(HEAD_SIZE));
}

/** context = dropout(softmax(scores)) @ value: chunk (block, head) */
export function attention(chunk: i32): void {
  takeBlock(chunk / integer(HEADS));
  head = chunk % integer(HEADS);
  const context = place(pointer(CONTEXT), firstQuery);
  const logSumExp = pointer(LOG_SUM_EXP) + 4 * queryNumber(firstQuery);
  if (keys == 0) {
    clearRows(context, queries);
    memory.fill(logSumExp, 0, 4 * <usize>queries);
    return;
  }
  computeScores();
  const scores = scratch() + SCORES;
  const row = 4 * <usize>scoreRow();
  for (let i = 0; i < queries; i++) {
    const first = <u64>queryNumber(firstQuery + i) * <u64>integer(LENGTH) + <u64>firstKey;
    store<f32>(logSumExp + 4 * <usize>i, probabilities(scores + <usize>i * row, first));
  }
  const width = integer(HEADS) * integer(HEAD_SIZE);
  const value = place(pointer(VALUE), firstKey);
  multiply(
    integer(BLAS) != 0,
    false,
    false,
    queries,
    integer(HEAD_SIZE),
    keys,
    1,
    scores,
    scoreRow(),
    value,
    width,
    false,
    context,
    width,
  );
}

/** Turns a row of scores into dropped probabilities, of which the first is number `first` of the mask; returns log(sum(exp(scale * scores))). */
function probabilities(scores: usize, first: u64): f32 {
  const largest = real(0) * largestOf(scores, keys);
  const sum = exponentials(scores, largest);
  const inverse = f32x4.splat(1 / sum);
  for (let done = 0; done < keys; done += DRAWN_FLOATS) {
    const end = min(keys, done + DRAWN_FLOATS);
    let factors = draw(first + <u64>done, end - done, MASK);
    for (let i = done; i < end; i += 4, factors += 16) {
      const at = scores + 4 * <usize>i;
      v128.store(at, f32x4.mul(f32x4.mul(v128.load(at), inverse), v128.load(factors)));
    }
  }
  return largest + <f32>log(<f64>sum);
}

/** Turns a row of scores into exp(scale * scores - shift) and returns their sum. */
function exponentials(scores: usize, shift: f32): f32 {
  expRow(scores, scores, keys, real(0), shift);
  return sumOf(scores, keys);
}

/**
 * dquery, dkey and dvalue: chunk (group of blocks, head). Blocks of different groups share no keys, so that each group owns
 * the gradients of its keys.
 */
export function attentionBackward(chunk: i32): void {
  const group = pointer(GROUPS) + <usize>(chunk / integer(HEADS)) * 20;
  head = chunk % integer(HEADS);
  sequence = load<i32>(group);
  const start = load<i32>(group, 4);
  const end = load<i32>(group, 8);
  clearRows(place(pointer(DKEY), start), end - start);
  clearRows(place(pointer(DVALUE), start), end - start);
  for (let block = load<i32>(group, 12), last = load<i32>(group, 16); block < last; block++) {
    takeBlock(block);
    if (keys == 0) clearRows(place(pointer(DQUERY), firstQuery), queries);
    else blockBackward();
  }
}

function blockBackward(): void {
  const blas = integer(BLAS) != 0;
  const size = integer(HEAD_SIZE);
  const width = integer(HEADS) * size;
  const row = scoreRow();
  const dropped = scratch() + SCORES; // scores, in the end dropped probabilities
  const dscores = dropped + 4 * SCORES_FLOATS; // dropped @ dvalue = dcontext: first the probabilities' gradients
  const query = place(pointer(QUERY), firstQuery);
  const key = place(pointer(KEY), firstKey);
  const value = place(pointer(VALUE), firstKey);
  const dcontext = place(pointer(DCONTEXT), firstQuery);
  computeScores();
  multiply(blas, false, true, queries, keys, size, 1, dcontext, width, value, width, false, dscores, row);
  for (let i = 0; i < queries; i++) rowBackward(firstQuery + i, 4 * <usize>(i * row));
  multiply(
    blas,
    true,
    false,
    keys,
    size,
    queries,
    1,
    dropped,
    row,
    dcontext,
    width,
    true,
    place(pointer(DVALUE), firstKey),
    width,
  );
  multiply(
    blas,
    true,
    false,
    keys,
    size,
    queries,
    1,
    dscores,
    row,
    query,
    width,
    true,
    place(pointer(DKEY), firstKey),
    width,
  );
  multiply(
    blas,
    false,
    false,
    queries,
    size,
    keys,
    1,
    dscores,
    row,
    key,
    width,
    false,
    place(pointer(DQUERY), firstQuery),
    width,
  );
}

/**
 * dscores = scale * p * (factor * dp - sum(p * factor * dp)), and the dropped probabilities p * factor. Both sums of a row are taken
 * anew rather than from logSumExp and context: those are rounded, which shows where one probability is nearly 1.
 */
function rowBackward(query: i32, offset: usize): void {
  const dropped = scratch() + SCORES + offset;
  const dscores = dropped + 4 * SCORES_FLOATS;
  const sum = exponentials(dropped, load<f32>(pointer(LOG_SUM_EXP) + 4 * queryNumber(query)));
  const inverse = f32x4.splat(1 / sum);
  const scale = f32x4.splat(real(0));
  const first = <u64>queryNumber(query) * <u64>integer(LENGTH) + <u64>firstKey;
  let products = f32x4.splat(0);
  for (let done = 0; done < keys; done += DRAWN_FLOATS) {
    const end = min(keys, done + DRAWN_FLOATS);
    let factors = draw(first + <u64>done, end - done, MASK);
    for (let i = done; i < end; i += 4, factors += 16) {
      const at = 4 * <usize>i;
      const dp = f32x4.mul(loadUpTo(dscores + at, end - i, 0), v128.load(factors));
      v128.store(dscores + at, dp);
      products = multiplyAdd(loadUpTo(dropped + at, end - i, 0), dp, products);
    }
  }
  const inner = f32x4.splat(sumLanes(products) / sum);
  let factors = scratch() + DRAWN;
  for (let done = 0; done < keys; done += DRAWN_FLOATS) {
    const end = min(keys, done + DRAWN_FLOATS);
    if (keys > DRAWN_FLOATS) factors = draw(first + <u64>done, end - done, MASK);
    for (let i = done; i < end; i += 4, factors += 16) {
      const at = 4 * <usize>i;
      const p = f32x4.mul(v128.load(dropped + at), inverse);
      v128.store(dropped + at, f32x4.mul(p, v128.load(factors)));
      const difference = f32x4.sub(v128.load(dscores + at), inner);
      v128.store(dscores + at, f32x4.mul(f32x4.mul(p, scale), difference));
    }
  }
}
