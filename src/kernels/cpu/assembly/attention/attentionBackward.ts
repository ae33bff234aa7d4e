import {
  clearRows,
  computeScores,
  exponentials,
  firstDrawn,
  firstKey,
  firstQuery,
  HEAD_SIZE,
  HEADS,
  KEY,
  keyPlace,
  keys,
  logSumExpOf,
  MASK,
  product,
  queries,
  QUERY,
  queryPlace,
  scoreRow,
  takeBlock,
  takeHead,
  VALUE,
  width,
} from './attentionBlock';
import { draw } from '../dropoutMask';
import { integer, pointer, real, scratch } from '../memory/job';
import { DRAWN, DRAWN_FLOATS, SCORES, SCORES_FLOATS } from '../memory/scratch';
import { loadUpTo, multiplyAdd, sumLanes } from '../arithmetic/vector';

// The parameters' places in the job block, besides those of attentionBlock.ts.
const GROUPS = 13; // where the groups of blocks are listed
const DCONTEXT = 14;
const DQUERY = 15;
const DKEY = 16;
const DVALUE = 17;

/**
 * dquery, dkey and dvalue: chunk (group of blocks, head). Blocks of different groups share no keys, so that each group owns
 * the gradients of its keys.
 */
export function attentionBackward(chunk: i32): void {
  const group = pointer(GROUPS) + <usize>(chunk / integer(HEADS)) * 20;
  const head = chunk % integer(HEADS);
  const start = load<i32>(group, 4);
  const end = load<i32>(group, 8);
  const first = load<i32>(group, 12);
  const last = load<i32>(group, 16);
  takeHead(load<i32>(group), head);
  let covered = false; // all keys by the first block, which then need not add to zeros
  if (first < last) {
    takeBlock(first, head);
    covered = keys == end - start;
  }
  if (!covered) {
    clearRows(keyPlace(DKEY, start), end - start);
    clearRows(keyPlace(DVALUE, start), end - start);
  }
  for (let block = first; block < last; block++) {
    takeBlock(block, head);
    if (keys == 0) clearRows(queryPlace(DQUERY, firstQuery), queries);
    else blockBackward(!covered || block > first);
  }
}

/** Gives dquery of the block, and adds to dkey and dvalue or gives them. */
function blockBackward(add: bool): void {
  const size = integer(HEAD_SIZE);
  const row = scoreRow();
  const dropped = scratch() + SCORES; // scores, in the end dropped probabilities
  const dscores = dropped + 4 * SCORES_FLOATS; // dropped @ dvalue = dcontext: first the probabilities' gradients
  const dcontext = queryPlace(DCONTEXT, firstQuery);
  computeScores();
  product(false, true, queries, keys, size, dcontext, width(), keyPlace(VALUE, firstKey), width(), false, dscores, row);
  for (let i = 0; i < queries; i++) rowBackward(firstQuery + i, 4 * <usize>(i * row));
  product(true, false, keys, size, queries, dropped, row, dcontext, width(), add, keyPlace(DVALUE, firstKey), width());
  const query = queryPlace(QUERY, firstQuery);
  product(true, false, keys, size, queries, dscores, row, query, width(), add, keyPlace(DKEY, firstKey), width());
  const dquery = queryPlace(DQUERY, firstQuery);
  product(false, false, queries, size, keys, dscores, row, keyPlace(KEY, firstKey), width(), false, dquery, width());
}

/**
 * dscores = scale * p * (factor * dp - sum(p * factor * dp)), and the dropped probabilities p * factor. Both sums of a row are taken
 * anew rather than from logSumExp and context: those are rounded, which shows where one probability is nearly 1.
 */
function rowBackward(query: i32, offset: usize): void {
  const dropped = scratch() + SCORES + offset;
  const dscores = dropped + 4 * SCORES_FLOATS;
  const sum = exponentials(dropped, load<f32>(logSumExpOf(query)));
  const inverse = f32x4.splat(1 / sum);
  const scale = f32x4.splat(real(0));
  const first = firstDrawn(query);
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
